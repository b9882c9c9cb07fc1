/** What rows of lists name, and how it is read and shown by its own address. */
import { listAccounts } from '../db/accounts.ts';
import { creditsOf } from '../db/customer-credit.ts';
import { findCustomers } from '../db/customers.ts';
import { invoicesOfLinks } from '../db/invoices.ts';
import { findPaymentLinks } from '../db/payment-links.ts';
import { countRowsOf, findBatches } from '../db/payout-batches.ts';
import { findStatements } from '../db/statements.ts';
import { showAccount } from './accounts/present.ts';
import { showCustomer } from './customers/present.ts';
import { expansion } from './expand.ts';
import { todayOf } from './now.ts';
import { showLink } from './payment-links/present.ts';
import { showBatch } from './payouts/present.ts';
import { showStatement } from './statements/present.ts';

const statement = expansion({
  ...{ kind: 'statement', auth: 'statements:read', at: ['statement', 'id'] },
  read: async (t, ids, { dependencies: { temporal } }) =>
    (await findStatements(t, ids)).map((one) => showStatement(one, temporal.runUrl)),
});

const account = expansion({
  ...{ kind: 'account', auth: 'transactions:read', at: ['account', 'id'] },
  read: async (t, ids, call) => {
    const today = todayOf(call);
    // A business has few accounts, and their figures come from one look at all of them.
    const named = (await listAccounts(t)).filter(({ id }) => ids.includes(id));
    return named.map((one) => showAccount(one, today));
  },
});

const customer = expansion({
  ...{ kind: 'customer', auth: 'collections:read', at: ['customerId'] },
  read: async (t, ids) => {
    const creditOf = await creditsOf(t, ids);
    return (await findCustomers(t, ids)).map((one) =>
      showCustomer({ ...one, ...creditOf(one.id) }),
    );
  },
});

const paymentLink = expansion({
  ...{ kind: 'paymentLink', auth: 'collections:read', at: ['paymentLinkId'] },
  read: async (t, ids, call) => {
    const invoices = await invoicesOfLinks(t, ids);
    return (await findPaymentLinks(t, ids)).map((one) => showLink(call, one, invoices));
  },
});

const batch = expansion({
  ...{ kind: 'payoutBatch', auth: 'disbursements:read', at: ['batchId'] },
  read: async (t, ids, { dependencies: { temporal } }) => {
    const countsOf = await countRowsOf(t, ids);
    return (await findBatches(t, ids)).map((one) =>
      showBatch({ batch: one, counts: countsOf(one.id) }, temporal.runUrl),
    );
  },
});

export const ofTransactions = { statement, account };
export const ofCollections = { customer, paymentLink };
export const ofPayouts = { batch };
