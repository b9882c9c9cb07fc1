/**
 * `node scripts/common-passwords.ts > api/auth/common-passwords.txt`: writes the list of passwords
 * that are refused. Nothing is taken from leaked collections; the list is put together from the
 * patterns people use to reach twelve characters: words of everyday life here and elsewhere, twice
 * or with another word, a year, a run of digits or a walk over the keyboard.
 */
const words = [
  ...'password welcome monkey dragon sunshine princess football baseball letmein superman'.split(
    ' ',
  ),
  ...'batman master shadow flower summer winter spring autumn cheese chocolate computer'.split(' '),
  ...'internet samsung iphone android google facebook whatsapp instagram youtube twitter'.split(
    ' ',
  ),
  ...'admin administrator manager finance account business company office secret default'.split(
    ' ',
  ),
  ...'kenya nairobi mombasa kisumu nakuru eldoret thika machakos safaricom mpesa daftari'.split(
    ' ',
  ),
  ...'karibu asante habari jambo rafiki simba hakuna matata maisha upendo furaha baraka'.split(' '),
  ...'mungu yesu amani neema tumaini imani jesus christ blessed family mother father'.split(' '),
  ...'biashara pesa duka soko shilingi mama baba mtoto nyumba shamba harambee uhuru'.split(' '),
  ...'arsenal chelsea liverpool manchester united barcelona gormahia harambeestars'.split(' '),
  ...'wanjiku njeri kamau mwangi otieno achieng kipchoge mutua wambui kariuki odhiambo'.split(' '),
  ...'michael jennifer jessica ashley charlie thomas robert daniel matthew andrew'.split(' '),
  ...'january february march april june july august september october november december'.split(' '),
  ...'monday tuesday wednesday thursday friday saturday sunday'.split(' '),
];
const digits = ['123', '1234', '12345', '123456', '1234567', '12345678', '123456789', '1234567890'];
const years = Array.from({ length: 60 }, (_, index) => String(1970 + index));
const walks = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwerty',
  'qazwsx',
  'qazwsxedc',
  '1qaz2wsx',
  '1q2w3e4r',
  'q1w2e3r4',
  'abcdefgh',
  'abcdefghijkl',
  'abc123',
  'a1b2c3d4',
  'poiuytrewq',
];
const lengthMin = 8;

function* made(): Generator<string> {
  for (const word of words) {
    yield word + word;
    for (const end of [...digits, ...years]) yield word + end;
    for (const start of ['my', 'the', 'love', 'ilove', 'mypassword', 'new']) yield start + word;
  }
  for (const first of words.slice(0, 60)) {
    for (const second of words) if (first !== second) yield first + second;
  }
  for (const walk of walks) {
    for (const other of [...walks, ...digits, ...years]) yield walk + other;
  }
  for (const first of digits) for (const second of digits) yield first + second;
  yield* ['correcthorsebatterystaple', 'thisismypassword', 'letmeinplease', 'nosecretshere'];
}

// Shorter entries stay: the check leaves away endings before it looks.
const list = [...new Set(made())].filter((password) => password.length >= lengthMin).toSorted();
console.log(list.join('\n'));
