/** The words of every mail, in both languages. Values are filled in as plain text, one line each. */
export interface MailText {
  subject: string;
  text: string;
}

type Values = Readonly<Record<string, string>>;
type Render = (value: (name: string) => string) => MailText;

const page = (...paragraphs: string[]) => `${paragraphs.join('\n\n')}\n\n– Daftari\n`;

/** Which reminder of a breach it is: near its end or over, about the business or the authority. */
const isOver = (v: (name: string) => string) => v('kind').endsWith('-over');
const isOfBusiness = (v: (name: string) => string) => v('kind').startsWith('business-');

const english = {
  verify: (v) => ({
    subject: 'Confirm your e-mail address',
    text: page(
      `Hello ${v('name')},`,
      `open this link within 24 hours to confirm your address and open your books:\n${v('link')}`,
      'If you did not sign up, ignore this mail: nothing has been created.',
    ),
  }),
  'already-registered': (v) => ({
    subject: 'You already have an account',
    text: page(
      `Hello ${v('name')},`,
      `somebody, probably you, tried to sign up with this address. It has an account already; sign in here:\n${v('link')}`,
      'If you forgot the password, you can ask for a new one there.',
    ),
  }),
  reset: (v) => ({
    subject: 'Set a new password',
    text: page(
      `Hello ${v('name')},`,
      `open this link within 20 minutes to set a new password:\n${v('link')}`,
      'If you did not ask for it, ignore this mail: your password stays as it is.',
    ),
  }),
  'password-changed': (v) => ({
    subject: 'Your password was changed',
    text: page(
      `Hello ${v('name')},`,
      'your password was changed, and your other devices were signed out.',
      `If that was not you, set a new one at once:\n${v('link')}`,
    ),
  }),
  'second-factor-changed': (v) => ({
    subject: 'Your sign-in was changed',
    text: page(
      `Hello ${v('name')},`,
      `a way to sign in was added or removed: ${v('what')}.`,
      `If that was not you, set a new password at once:\n${v('link')}`,
    ),
  }),
  'new-device': (v) => ({
    subject: 'A sign-in on a new device',
    text: page(
      `Hello ${v('name')},`,
      `somebody signed in to your account on a device we had not seen before: ${v('device')}, ${v('at')} (Nairobi).`,
      `If that was you, there is nothing to do. If not, end that session and set a new password here:\n${v('link')}`,
    ),
  }),
  'key-made': (v) => ({
    subject: `A key to ${v('business')} was made`,
    text: page(
      `Hello ${v('name')},`,
      `an API key that acts for you was made or replaced in ${v('business')}.`,
      `If that was not you, end it here and set a new password:\n${v('link')}`,
    ),
  }),
  'member-removed': (v) => ({
    subject: `You no longer belong to ${v('business')}`,
    text: page(
      `Hello ${v('name')},`,
      `you no longer have access to the books of ${v('business')}. Your account stays, with the other businesses you belong to.`,
      'If you did not expect that, ask an owner of the business.',
    ),
  }),
  invitation: (v) => ({
    subject: `You are invited to ${v('business')}`,
    text: page(
      'Hello,',
      `${v('inviter')} invites you to work in the books of ${v('business')}. Open this link to accept:\n${v('link')}`,
      'If you do not know them, ignore this mail.',
    ),
  }),
  'breach-told': (v) => ({
    subject: `Data of ${v('business')} got into wrong hands`,
    text: page(
      `Hello ${v('name')},`,
      `personal data that ${v('business')} keeps with us got into wrong hands. It is known since ${v('known')} (Nairobi).`,
      v('what'),
      `The law asks you to tell the Data Commissioner by ${v('by')} (Nairobi), and the people it is about unless their data was encrypted. Whose data, what was done and where to note that you told them stands here:\n${v('link')}`,
    ),
  }),
  'breach-reminder': (v) => ({
    subject: isOver(v)
      ? `The time to tell the Data Commissioner is over: ${v('business')}`
      : `Tell the Data Commissioner by ${v('by')}: ${v('business')}`,
    text: page(
      `Hello ${v('name')},`,
      isOver(v)
        ? `the Data Commissioner should have been told of the breach of data of ${v('business')} by ${v('by')} (Nairobi), and nobody noted that this was done. Tell them now, with the reason for the delay.`
        : `nobody noted yet that the Data Commissioner was told of the breach of data of ${v('business')}. The law asks for it by ${v('by')} (Nairobi).`,
      `Note it here once it is done:\n${v('link')}`,
    ),
  }),
  'breach-house': (v) => ({
    subject: isOver(v) ? 'A clock of a breach ran out' : 'A clock of a breach is near its end',
    text: page(
      `Hello ${v('name')},`,
      isOfBusiness(v)
        ? `businesses that have to be told of a breach by ${v('by')} (Nairobi) and were not: ${v('count')}.`
        : `businesses of whose breach the Data Commissioner has to know by ${v('by')} (Nairobi), with nothing noted: ${v('count')}.`,
      v('what'),
      `What to do stands here:\n${v('link')}`,
    ),
  }),
  'threshold-crossed': (v) => {
    const side = v('direction') === 'below' ? 'below' : 'above';
    return {
      subject: `${v('monitor')}: ${side} ${v('threshold')}`,
      text: page(
        `Hello ${v('name')},`,
        `a balance of ${v('business')} went ${side} ${v('threshold')} at ${v('at')} (Nairobi). It was ${v('balance')} then.`,
        `Who is told, and of what, stands here:\n${v('link')}`,
      ),
    };
  },
} satisfies Record<string, Render>;

export type MailTemplate = keyof typeof english;

const swahili: Record<MailTemplate, Render> = {
  verify: (v) => ({
    subject: 'Thibitisha barua pepe yako',
    text: page(
      `Habari ${v('name')},`,
      `fungua kiungo hiki ndani ya saa 24 ili kuthibitisha anwani yako na kufungua daftari lako:\n${v('link')}`,
      'Kama hukujisajili, puuza barua hii: hakuna kilichoundwa.',
    ),
  }),
  'already-registered': (v) => ({
    subject: 'Tayari una akaunti',
    text: page(
      `Habari ${v('name')},`,
      `mtu, labda wewe, alijaribu kujisajili kwa anwani hii. Tayari ina akaunti; ingia hapa:\n${v('link')}`,
      'Kama umesahau nenosiri, unaweza kuomba jipya hapo.',
    ),
  }),
  reset: (v) => ({
    subject: 'Weka nenosiri jipya',
    text: page(
      `Habari ${v('name')},`,
      `fungua kiungo hiki ndani ya dakika 20 ili kuweka nenosiri jipya:\n${v('link')}`,
      'Kama hukuliomba, puuza barua hii: nenosiri lako halijabadilika.',
    ),
  }),
  'password-changed': (v) => ({
    subject: 'Nenosiri lako limebadilishwa',
    text: page(
      `Habari ${v('name')},`,
      'nenosiri lako limebadilishwa, na vifaa vyako vingine vimeondolewa.',
      `Kama si wewe, weka jipya mara moja:\n${v('link')}`,
    ),
  }),
  'second-factor-changed': (v) => ({
    subject: 'Njia yako ya kuingia imebadilishwa',
    text: page(
      `Habari ${v('name')},`,
      `njia ya kuingia imeongezwa au kuondolewa: ${v('what')}.`,
      `Kama si wewe, weka nenosiri jipya mara moja:\n${v('link')}`,
    ),
  }),
  'new-device': (v) => ({
    subject: 'Kuingia kwenye kifaa kipya',
    text: page(
      `Habari ${v('name')},`,
      `mtu ameingia kwenye akaunti yako kwa kifaa ambacho hatukukiona kabla: ${v('device')}, ${v('at')} (Nairobi).`,
      `Kama ni wewe, hakuna la kufanya. Kama si wewe, funga kikao hicho na uweke nenosiri jipya hapa:\n${v('link')}`,
    ),
  }),
  'key-made': (v) => ({
    subject: `Ufunguo wa ${v('business')} umetengenezwa`,
    text: page(
      `Habari ${v('name')},`,
      `ufunguo wa API unaotenda kwa niaba yako umetengenezwa au kubadilishwa katika ${v('business')}.`,
      `Kama si wewe, ufunge hapa na uweke nenosiri jipya:\n${v('link')}`,
    ),
  }),
  'member-removed': (v) => ({
    subject: `Wewe si mwanachama wa ${v('business')} tena`,
    text: page(
      `Habari ${v('name')},`,
      `huna tena ruhusa ya kuingia kwenye daftari la ${v('business')}. Akaunti yako inabaki, pamoja na biashara nyingine ulizo mwanachama.`,
      'Kama hukutarajia hili, muulize mmiliki wa biashara.',
    ),
  }),
  invitation: (v) => ({
    subject: `Umealikwa kwenye ${v('business')}`,
    text: page(
      'Habari,',
      `${v('inviter')} anakualika kufanya kazi kwenye daftari la ${v('business')}. Fungua kiungo hiki ili kukubali:\n${v('link')}`,
      'Kama humjui, puuza barua hii.',
    ),
  }),
  'breach-told': (v) => ({
    subject: `Data ya ${v('business')} imeangukia mikononi mwa wasiostahili`,
    text: page(
      `Habari ${v('name')},`,
      `data binafsi ambayo ${v('business')} inahifadhi kwetu imeangukia mikononi mwa wasiostahili. Ilijulikana ${v('known')} (Nairobi).`,
      v('what'),
      `Sheria inakutaka umjulishe Kamishna wa Data kabla ya ${v('by')} (Nairobi), na watu wanaohusika isipokuwa data yao ilikuwa imesimbwa. Data ya nani, kilichofanywa na mahali pa kuandika kwamba umewajulisha utaona hapa:\n${v('link')}`,
    ),
  }),
  'breach-reminder': (v) => ({
    subject: isOver(v)
      ? `Muda wa kumjulisha Kamishna wa Data umekwisha: ${v('business')}`
      : `Mjulishe Kamishna wa Data kabla ya ${v('by')}: ${v('business')}`,
    text: page(
      `Habari ${v('name')},`,
      isOver(v)
        ? `Kamishna wa Data alipaswa kujulishwa kuhusu uvujaji wa data ya ${v('business')} kabla ya ${v('by')} (Nairobi), na hakuna aliyeandika kwamba hilo limefanyika. Mjulishe sasa, pamoja na sababu ya kuchelewa.`
        : `hakuna aliyeandika bado kwamba Kamishna wa Data amejulishwa kuhusu uvujaji wa data ya ${v('business')}. Sheria inataka ifanyike kabla ya ${v('by')} (Nairobi).`,
      `Iandike hapa ikishafanyika:\n${v('link')}`,
    ),
  }),
  'breach-house': (v) => ({
    subject: isOver(v) ? 'Saa ya uvujaji imekwisha' : 'Saa ya uvujaji inakaribia kwisha',
    text: page(
      `Habari ${v('name')},`,
      isOfBusiness(v)
        ? `biashara ambazo zinapaswa kujulishwa kuhusu uvujaji kabla ya ${v('by')} (Nairobi) na hazijajulishwa: ${v('count')}.`
        : `biashara ambazo uvujaji wao Kamishna wa Data anapaswa kuujua kabla ya ${v('by')} (Nairobi), na hakuna kilichoandikwa: ${v('count')}.`,
      v('what'),
      `La kufanya liko hapa:\n${v('link')}`,
    ),
  }),
  'threshold-crossed': (v) => {
    const side = v('direction') === 'below' ? 'chini ya' : 'juu ya';
    return {
      subject: `${v('monitor')}: ${side} ${v('threshold')}`,
      text: page(
        `Habari ${v('name')},`,
        `salio la ${v('business')} limekuwa ${side} ${v('threshold')} saa ${v('at')} (Nairobi). Wakati huo lilikuwa ${v('balance')}.`,
        `Nani anaarifiwa, na kuhusu nini, utaona hapa:\n${v('link')}`,
      ),
    };
  },
};

/** Writes a mail; throws when the template is unknown or a value is missing: that is our bug. */
export function renderMail(mail: { template: string; locale: string; values: Values }): MailText {
  const texts: Record<string, Render> = mail.locale === 'sw' ? swahili : english;
  const render = texts[mail.template];
  if (render === undefined) throw new Error(`there is no mail template ${mail.template}`);
  return render((name) => {
    const value = mail.values[name];
    if (value === undefined) throw new Error(`the mail ${mail.template} misses ${name}`);
    return value.replace(/[\r\n\p{Cc}]+/gu, ' ');
  });
}
