/** One change of the database, as plain SQL that never depends on today's code. */
export interface Migration {
  /** File name without its ending; migrations run in the order of their four digits. */
  name: string;
  up: string;
  down: string;
}
