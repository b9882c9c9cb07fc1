/**
 * Carries the W3C trace context with the work: the client writes `traceparent` into the headers of
 * a start or message, workflows hand it on (workflows/tracing.ts), activities continue the trace.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { tenantIdKey } from './search-attributes.ts';

const traceparentHeader = 'traceparent';

/** Adds the active trace to starts, Updates and signals. */
export function tracingInterceptor(
  activeTraceparent: () => string | undefined,
): WorkflowClientInterceptor {
  const stamped = <Input extends { headers: Headers }>(input: Input): Input => ({
    ...input,
    headers: withTraceparent(input.headers, activeTraceparent()),
  });
  return {
    startWithDetails: (input, next) => next(stamped(input)),
    startUpdate: (input, next) => next(stamped(input)),
    startUpdateWithStart: (input, next) =>
      next({
        ...input,
        workflowStartHeaders: stamped({ headers: input.workflowStartHeaders }).headers,
        updateHeaders: stamped({ headers: input.updateHeaders }).headers,
      }),
    signal: (input, next) => next(stamped(input)),
    signalWithStart: (input, next) => next(stamped(input)),
  };
}

/** Refuses to start anything that names no tenant: such a run would be invisible to its owner. */
export function tenantInterceptor(): WorkflowClientInterceptor {
  return {
    startWithDetails: (input, next) => {
      const { options } = input;
      const tenantId = options.typedSearchAttributes && tenantOf(options.typedSearchAttributes);
      refuseWithoutTenant(input.workflowType, tenantId, options.priority?.fairnessKey);
      return next(input);
    },
    startUpdateWithStart: (input, next) => {
      const { workflowStartOptions: options, workflowType } = input;
      const tenantId = options.typedSearchAttributes && tenantOf(options.typedSearchAttributes);
      refuseWithoutTenant(workflowType, tenantId, options.priority?.fairnessKey);
      return next(input);
    },
    signalWithStart: () => {
      throw new Error('signalWithStart is not in use: starts go through the outbox');
    },
  };
}

function refuseWithoutTenant(
  workflowType: string,
  tenantId: string | undefined,
  fairnessKey: string | undefined,
): void {
  if (!tenantId) throw new Error(`workflow ${workflowType} was started without TenantId`);
  if (fairnessKey !== tenantId) {
    throw new Error(`workflow ${workflowType} was started without its fairness key`);
  }
}

/** The traceparent a header set carries, if any. */
export function traceparentOf(headers: Headers): string | undefined {
  const payload = headers[traceparentHeader];
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload<string>(payload);
}

function withTraceparent(headers: Headers, traceparent: string | undefined): Headers {
  if (traceparent === undefined) return headers;
  return { ...headers, [traceparentHeader]: defaultPayloadConverter.toPayload(traceparent) };
}

type Attributes = NonNullable<
  Parameters<
    NonNullable<WorkflowClientInterceptor['startWithDetails']>
  >[0]['options']['typedSearchAttributes']
>;

function tenantOf(attributes: Attributes): string | undefined {
  if (!Array.isArray(attributes)) return attributes.get(tenantIdKey);
  const pair = attributes.find(({ key }) => key.name === tenantIdKey.name);
  return typeof pair?.value === 'string' ? pair.value : undefined;
}
