import { darajaInSwahili, darajaWords } from '../../../domain/daraja/answer-phrases.ts';

test.each([
  ['Bad Request - Invalid BusinessShortCode', 'Ombi si sahihi - BusinessShortCode haikubaliki'],
  [
    '500.003.02 System is busy. Please try again in few minutes.',
    '500.003.02 Mfumo una shughuli nyingi. Tafadhali jaribu tena baada ya dakika chache.',
  ],
  [
    'Error Occurred: Spike Arrest Violation',
    'Hitilafu imetokea: maombi ni mengi mno kwa wakati mmoja',
  ],
  [darajaWords('no-answer', { milliseconds: 15_000 }), 'hakuna jibu ndani ya ms 15000'],
  [darajaWords('initiator-stopped', { code: '2001' }), /matokeo 2001;/],
  ['<html>502 Bad Gateway</html>', null],
  ['2001', null],
])('%s is said in Swahili, what nobody knows beforehand is not', (english, swahili) => {
  const said = darajaInSwahili(english);
  if (swahili instanceof RegExp) expect(said).toMatch(swahili);
  else expect(said).toBe(swahili);
});
