/** Maneno ya kutafuta kila kitu. */
export const search = {
  palette: {
    title: 'Tafuta',
    placeholder: 'Risiti, simu, jina, kiasi, faili au ukurasa',
    pages: 'Kurasa',
    recent: 'Ulivyofungua karibuni',
    all: 'Onyesha zote',
    searching: 'Inatafuta…',
    none: 'Hakuna kilichopatikana',
    noneText: 'Andika risiti, jina kamili au namba ya simu, kiasi, rejeleo au jina la faili.',
    kind: {
      transaction: 'Miamala',
      collection: 'Maombi ya pesa',
      receivedPayment: 'Pesa zilizoingia',
      disbursement: 'Malipo ya kutoka',
      customer: 'Wateja',
      paymentLink: 'Viungo vya malipo',
      invoice: 'Ankara',
      statement: 'Taarifa',
      payoutBatch: 'Orodha za malipo',
      collectionBatch: 'Orodha za maombi',
      shortcode: 'Paybill na till',
    },
  },
};
