export interface MaintenanceSteps {
  sweepOrphanUploads(): Promise<Record<string, number>>;
  sweepIdempotencyKeys(): Promise<Record<string, number>>;
  checkInvariants(): Promise<Record<string, number>>;
  measureOutbox(): Promise<Record<string, number>>;
}
