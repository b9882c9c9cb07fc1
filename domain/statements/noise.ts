/** Lines of a statement that carry no row: footers, disclaimers and repeated column headings. */

const noise: readonly RegExp[] = [
  /^(?:page\s+)?\d+\s*(?:of|\/)\s*\d+$/i,
  /^page\s+\d+\s+of\s+\d+/i,
  // What a browser prints below a page: where the file came from.
  /^(?:https?|file):\/\/\S+(?:\s+\d+\s*\/\s*\d+)?$/i,
  /^disclaimer\b/i,
  /^statement verification code\b/i,
  /^to verify the validity\b/i,
  /^for self-?\s?help\b/i,
  /^terms and conditions apply\b/i,
  /^account type\s*-/i,
  /^detailed statement$/i,
  /^summary$/i,
  /^transaction type\s+paid in\s+paid out$/i,
  /^receipt no\.?\s+completion time\b/i,
  /^(?:paid in|withdrawn?|withdraw\s*n?|balance|n)$/i,
];

/** True for a line that can be dropped because it can never hold a transaction. */
export function isNoise(line: string): boolean {
  const tidy = line.replace(/\s+/g, ' ').trim();
  return tidy === '' || noise.some((pattern) => pattern.test(tidy));
}
