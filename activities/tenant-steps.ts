/** What the runs about tenants can have done for them. */
import type {
  CloseTenantInput,
  DecideClosingInput,
  ExportTenantInput,
  ImportTenantInput,
  ImportTenantResult,
  MoveTenantInput,
  PseudonymiseInput,
} from '../workflows/tenant-types.ts';

export interface MoveSteps {
  /** Makes the new place ready and begins to note what is written in the old one. */
  prepareMove(input: MoveTenantInput): Promise<void>;
  /** Copies every row while the tenant works; goes on where it stopped. */
  copyTenant(input: MoveTenantInput): Promise<{ rowCount: number }>;
  /** Carries over what was written meanwhile; answers how many changes are left. */
  catchUpMove(input: MoveTenantInput): Promise<{ left: number }>;
  freezeTenant(input: MoveTenantInput): Promise<void>;
  thawTenant(input: MoveTenantInput): Promise<void>;
  /** The rest of the changes, then a comparison table by table; the tenant must be frozen. */
  finishCopy(input: MoveTenantInput): Promise<{ differing: string[]; rowCount: number }>;
  switchTenant(
    input: MoveTenantInput & { rowCount: number },
  ): Promise<{ frozenMilliseconds: number }>;
  /** Removes the old copy. */
  confirmMove(input: MoveTenantInput): Promise<void>;
  /** Carries what was written since back to the old copy, compares, and opens the tenant there. */
  rollBackMove(input: MoveTenantInput): Promise<void>;
  /** Gives up before the switch: the tenant stays where it is, the new copy goes. */
  abandonMove(input: MoveTenantInput & { detail: string }): Promise<void>;
}

export interface ExportSteps {
  /** Every table as JSON Lines and as a sheet, as of one moment; begins anew when it is repeated. */
  exportRows(input: ExportTenantInput): Promise<void>;
  /** The uploaded files; goes on where it stopped. */
  exportFiles(input: ExportTenantInput): Promise<void>;
  /** Adds the signed manifest and makes the archive available. */
  sealExport(input: ExportTenantInput): Promise<{ rowCount: number; byteCount: number }>;
  /** Removes the bytes. */
  expireExport(input: ExportTenantInput): Promise<void>;
}

export interface ImportSteps {
  /**
   * Reads the whole archive and compares it with its signed manifest, and looks whether the tenant is
   * empty; notes a refusal.
   */
  checkImport(input: ImportTenantInput): Promise<ImportVerdict>;
  /**
   * Brings every row and file in, sealed under the tenant's own key, in one transaction that compares
   * at its end what is stored with what the archive says.
   */
  bringRows(input: ImportTenantInput): Promise<ImportTenantResult>;
  /** Makes known in the place of the tenant whom its rows speak of. */
  settleImport(input: ImportTenantInput): Promise<void>;
}

export type ImportVerdict =
  { status: 'sound'; rowCount: number } | Extract<ImportTenantResult, { status: 'refused' }>;

export interface SubjectSteps {
  /**
   * Looks through everything once and replaces the person wherever nothing waits for a row any more;
   * goes on where it stopped. Answers how many rows it changed, and how many it had to leave.
   */
  replaceSubject(
    input: PseudonymiseInput & { round: number },
  ): Promise<{ changed: number; left: number }>;
  /** Writes the certificate and forgets who was asked for. Answers the rows that were changed. */
  endSubjectRequest(input: PseudonymiseInput & { left: number }): Promise<{ changed: number }>;
}

export interface CloseSteps {
  /** The business reads on and changes nothing; it can be taken back until its data is erased. */
  beginGrace(
    input: CloseTenantInput & Pick<DecideClosingInput, 'actor' | 'note'> & { days: number },
  ): Promise<void>;
  /** Records the last archive, which the steps of an export then make. */
  beginLastExport(input: CloseTenantInput): Promise<ExportTenantInput>;
  /** The last archive can be fetched until the data is erased. */
  noteArchive(input: CloseTenantInput & { days: number }): Promise<void>;
  /** The business goes on as it did before. */
  endClosing(
    input: CloseTenantInput & {
      status: 'declined' | 'withdrawn' | 'expired';
      actor: string | null;
      note: string | null;
    },
  ): Promise<void>;
  /** Asks every run of the business to stop, and waits a while until they have. */
  stopRuns(input: CloseTenantInput): Promise<{ left: number }>;
  /** Nobody enters any more, from one commit to the next; whatever still runs is ended. */
  closeDoors(input: CloseTenantInput): Promise<void>;
  /** Destroys the key, removes every row, and writes the certificate. */
  eraseTenant(input: CloseTenantInput): Promise<{ rowCount: number }>;
}
