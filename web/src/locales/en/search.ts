/** Words of the search of everything. */
export const search = {
  palette: {
    title: 'Find',
    placeholder: 'Receipt, phone, name, amount, file or page',
    pages: 'Pages',
    recent: 'Opened lately',
    all: 'Show all of these',
    searching: 'Looking…',
    none: 'Nothing found',
    noneText:
      'Type a receipt, a whole name or phone number, an amount, a reference or a file name.',
    kind: {
      transaction: 'Transactions',
      collection: 'Requests for money',
      receivedPayment: 'Money that arrived',
      disbursement: 'Payouts',
      customer: 'Customers',
      paymentLink: 'Payment links',
      invoice: 'Invoices',
      statement: 'Statements',
      payoutBatch: 'Lists of payouts',
      collectionBatch: 'Lists of requests',
      shortcode: 'Paybills and tills',
    },
  },
};
