/**
 * Moves failure messages and stack traces into an encrypted payload. The file is named by path to
 * the client, the worker and the workflow bundle, so it may import nothing that needs Node.
 */
import { DefaultFailureConverter } from '@temporalio/common';

/** The name is fixed by the SDK, which looks for this export. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
