export const patterns = {
  patterns: {
    hours: 'Saa zenye shughuli',
    direction: 'Pesa zipi?',
    hour: '{day} {hour}: malipo {count}, {amount} | {day} {hour}: malipo {count}, {amount}',
    busiest: 'Yenye shughuli zaidi: {what}.',
    partners: { in: 'Waliolipa zaidi', out: 'Waliolipwa zaidi' },
    nobody: 'Taarifa hazimtaji mtu yeyote katika kipindi hiki.',
    unnamed: 'Hana jina',
    tooLong: 'Saa zenye shughuli na majina yaliyo nyuma ya tarakimu huonyeshwa hadi siku 92.',
  },
};
