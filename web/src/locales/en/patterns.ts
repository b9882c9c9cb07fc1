export const patterns = {
  patterns: {
    hours: 'Busy hours',
    direction: 'Which money?',
    hour: '{day} {hour}: {count} payment, {amount} | {day} {hour}: {count} payments, {amount}',
    busiest: 'Busiest: {what}.',
    partners: { in: 'Who paid most', out: 'Who was paid most' },
    nobody: 'The statements name nobody in this period.',
    unnamed: 'Not named',
    tooLong: 'Busy hours and the names behind the figures are shown for up to 92 days.',
  },
};
