import type { login as english } from '../en/login.ts';

export const login: typeof english = {
  login: {
    title: 'Ingia',
    heading: 'Karibu. Ingia kwenye daftari lako.',
    promise: 'Kila shilingi iliyopita M-PESA, imesomwa, imethibitishwa na kuelezwa.',
    resume: 'Ingia, na utapelekwa moja kwa moja kwenye ukurasa ulioomba.',
    email: 'Barua pepe',
    password: 'Nenosiri',
    show: 'Onyesha nenosiri',
    hide: 'Ficha nenosiri',
    submit: 'Ingia',
    busy: 'Inaingia…',
    wrong: 'Barua pepe au nenosiri si sahihi.',
    tooMany: 'Umejaribu mara nyingi. Subiri kidogo kisha ujaribu tena.',
    sample: {
      title: 'Jumamosi, 21 Novemba',
      sales: 'Mauzo, till 512 330',
      supplier: 'Msambazaji wa unga, pay bill',
      customer: 'Wanjiru, alituma pesa',
      charge: 'Ada za M-PESA',
      power: 'Tokeni za umeme',
      total: 'Kilichobaki',
      proof: 'Mwanzo + ingizo − toleo = mwisho. Imethibitishwa hadi senti.',
    },
  },
};
