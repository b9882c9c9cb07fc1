import { box, say, style } from './terminal.mjs';

const demoLogin = 'demo@daftari.test';
const demoPassword = 'karibu-daftari-2026';

/** Prints what runs where, what became of the samples and, as `ending`, how to stop. */
export function printSummary({ urls, result, ending }) {
  if (result) printStatements(result);
  const lines = [
    style('bold', 'Daftari runs'),
    '',
    `Dashboard     ${urls.dashboard}`,
    `  sign in as  ${demoLogin} / ${demoPassword}`,
    `API docs      ${urls.apiDocs}`,
    `Temporal UI   ${urls.temporalUi}`,
    ...(urls.darajaTwin ? [`M-PESA twin   ${urls.darajaTwin}`] : []),
    ...(urls.mail ? [`Caught mails  ${urls.mail}`] : []),
    ...(result ? ['', ...outcome(result)] : []),
    '',
    ending,
  ];
  say();
  box(lines);
}

function printStatements({ samples, review }) {
  say();
  for (const sample of samples) {
    const mark = sample.verdict === 'proven' ? style('green', '✓') : style('red', '✗');
    const checks = sample.checksTotal
      ? `, ${sample.checksPassed}/${sample.checksTotal} checks`
      : '';
    const rows = `${thousands(sample.rowCount)} rows`;
    say(`${mark} ${sample.fileName}: ${sample.verdict ?? sample.status}, ${rows}${checks}`);
    if (sample.runUrl) say(style('dim', `    ${sample.runUrl}`));
  }
  for (const { fileName, status, problem } of review) {
    say(`${style('yellow', '!')} ${fileName}: ${problem ?? status}, as it should be`);
  }
}

function outcome({ isProven, totals, samples, review, payments }) {
  const proven = samples.filter(({ verdict }) => verdict === 'proven').length;
  const rows = `${thousands(totals.rowCount)} rows, ${thousands(totals.postedCount)} posted`;
  return [
    `Statements    ${proven} of ${samples.length} proven, ${review.length} for review`,
    `              ${rows}`,
    `Money in      ${shillings(totals.inCents)}`,
    `Money out     ${shillings(totals.outCents)}`,
    ...(payments ? [`Payments      ${received(payments)}`] : []),
    ...(isProven ? [] : [style('red', 'Not every sample was proven; see the list above.')]),
  ];
}

function received({ receivedCount, waitingCount }) {
  return `${receivedCount} received over the twin, ${waitingCount} for a person to allocate`;
}

function thousands(count) {
  return (count ?? 0).toLocaleString('en-KE');
}

function shillings(cents) {
  const whole = BigInt(cents) / 100n;
  const rest = String(BigInt(cents) % 100n).padStart(2, '0');
  return `KES ${whole.toLocaleString('en-KE')}.${rest}`;
}
