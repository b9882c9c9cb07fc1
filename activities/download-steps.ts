/** What the run that makes a file can have done for it. */
import type { MakeDownloadInput, MakeDownloadResult } from '../workflows/download-types.ts';

export interface DownloadSteps {
  /** Writes the file and makes it available; begins anew when it is repeated, unless it is over. */
  writeDownload(input: MakeDownloadInput): Promise<MakeDownloadResult>;
}
