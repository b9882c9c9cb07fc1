import { compileCatalogue } from './catalogue-entry.ts';

/**
 * What the details of a personal statement begin with and what that means, in the order of
 * matching: charges first, Fuliza variants before plain ones, longer phrases before shorter. Row 67,
 * anything else, is the reader's fallback. Sources: two measured statements and the fixtures of
 * public parsers, November 2026. `compileCatalogue` explains the columns.
 */
export const personalCatalogue = compileCatalogue(String.raw`
row | begins | purpose | direction | other side | traits
61 | /^[A-Za-z][A-Za-z ]* Charge Reversal\b/ | reversal | - | - | likely
1 | Customer Transfer of Funds Charge | fee.send | out | - | -
2 | Pay Bill Charge | fee.paybill | out | - | -
3 | Pay Merchant Charge | fee.till | out | - | -
4 | Withdrawal Charge | fee.withdraw | out | - | -
5 | /^(?:[A-Za-z][A-Za-z &/.-]* )?Charges?\.?$/ | fee.other | out | - | -
6 | OverDraft of Credit Party | loan.fuliza.draw | in | operator = FULIZA | -
7 | OD Loan Repayment to 232323 | loan.fuliza.repay | out | operator = FULIZA | -
7 | OD Loan Repayment | loan.fuliza.repay | out | operator = FULIZA | -
61 | Send Money Reversal | reversal | - | unknown | -
61 | Pay Utility Reversal | reversal | - | unknown | -
61 | Reversal of | reversal | - | unknown | -
62 | Pay Merchant Reversal | reversal | - | unknown | -
62 | Buy Goods Reversal | reversal | - | unknown | -
44 | Airtime Purchase Reversal | reversal | in | operator = SAFARICOM | -
25 | Offnet C2B Transaction Reversal by | reversal | in | operator | -
9 | Customer Transfer Fuliza M-PESA to | send | out | person | fuliza
9 | Customer Transfer with Fuliza to | send | out | person | fuliza
10 | Intimate Card Customer Transfer to | send.card | out | person | -
8 | Customer Transfer to | send | out | person | -
12 | Customer Send Money to Micro SME Business with Fuliza to | pochi | out | business | fuliza
12 | Customer Send Money to Micro SME Business Fuliza M-PESA to | pochi | out | business | fuliza
12 | Customer Send Money to Micro SME Business to | pochi | out | business | -
12 | Customer Send Money to Micro SME Business | pochi | out | business | -
11 | Customer Payment to Small Business with Fuliza to | pochi | out | business | fuliza
11 | Customer Payment to Small Business Fuliza M-PESA to | pochi | out | business | fuliza
11 | Customer Payment to Small Business to | pochi | out | business | -
11 | Customer Payment to Small Business | pochi | out | business | -
13 | Small Business Payment to | pochi.received | - | unknown | -
14 | Funds received from | receive | in | person | -
15 | Business Payment from | business-payout | in | business | -
17 | Salary Payment from | salary | in | business | -
18 | Promotion Payment from | promotion | in | business | -
19 | Transfer from Bank | bank.in | in | bank | -
21 | Receive International Zero Rated Transfer | remittance.in | in | operator | -
20 | Receive International Transfer | remittance.in | in | operator | -
22 | M-PESA Global Send Money to | remittance.out | out | unknown | -
23 | Offnet C2B Transfer to | send.other-network | out | other-network | -
24 | Offnet B2C Transfer by | receive.other-network | in | operator | -
65 | /^Pay\s+Bill(?:\s+Online)?(?:\s+Fuliza\s+M\s*-?\s*PESA)?\s+to\s+(?:\d+\s*-\s*)?HUSTLER\s+FUND\b/ | loan.hustler.repay | out | operator = HUSTLER FUND | likely
28 | Pay Bill Fuliza M-PESA to | paybill | out | business + account | fuliza
28 | Pay Bill Online Fuliza M-PESA to | paybill | out | business + account | fuliza
28 | Pay Bill Fuliza M-PESA Online to | paybill | out | business + account | fuliza
28 | Pay Bill with Fuliza to | paybill | out | business + account | fuliza
29 | Card Pay Bill Online to | card.purchase | out | card-merchant | -
30 | Intimate Card Pay Bill to | paybill.card | out | business + account | -
30 | Intimate Card Pay Bill Online to | paybill.card | out | business + account | -
27 | Pay Bill Online to | paybill | out | business + account | -
26 | Pay Bill to | paybill | out | business + account | -
33 | Merchant Payment Fuliza M-PESA Online to | till | out | business | fuliza
33 | Merchant Payment Online Fuliza M-PESA to | till | out | business | fuliza
33 | Merchant Payment Fuliza M-PESA to | till | out | business | fuliza
33 | Merchant Payment with Fuliza to | till | out | business | fuliza
34 | Intimate Payment Merchant Payment to | till.card | out | business | -
34 | Intimate Card Merchant Payment to | till.card | out | business | -
32 | Merchant Payment Online to | till | out | business | -
31 | Merchant Payment to | till | out | business | -
35 | Merchant Customer Payment | till.received | in | business | -
37 | Customer Withdrawal at Agent Till with Fuliza to | withdraw.agent | out | agent | fuliza
37 | Customer Withdrawal at Agent Till with Fuliza | withdraw.agent | out | agent | fuliza
36 | Customer Withdrawal at Agent Till | withdraw.agent | out | agent | -
38 | Customer Withdrawal at ATM | withdraw.atm | out | bank | -
39 | Deposit of Funds at Agent Till | deposit.agent | in | agent | -
40 | Customer Deposit | deposit.agent | in | agent | -
43 | Airtime Purchase with Fuliza | airtime | out | operator = SAFARICOM | fuliza
43 | Airtime Purchase Fuliza M-PESA | airtime | out | operator = SAFARICOM | fuliza
42 | Airtime Purchase For Other | airtime.other | out | person | -
41 | Airtime Purchase | airtime | out | operator = SAFARICOM | -
46 | Customer Bundle Purchase with Fuliza to | bundles | out | operator | fuliza
46 | Customer Bundle Purchase Fuliza M-PESA to | bundles | out | operator | fuliza
45 | Customer Bundle Purchase to | bundles | out | operator | -
47 | Recharge for Customer to | bundles | out | operator | -
48 | Buy Bundles Online | bundles | out | operator = SAFARICOM | -
48 | Buy Bundles | bundles | out | operator = SAFARICOM | -
51 | M-Shwari Lock | savings.locked | - | own-account = M-SHWARI | -
52 | M-Shwari Loan Disburse… | loan.mshwari.draw | in | bank = M-SHWARI | -
53 | M-Shwari Loan Repay… | loan.mshwari.repay | out | bank = M-SHWARI | -
53 | M-Shwari Loan Request | loan.mshwari.request | - | bank = M-SHWARI | -
49 | M-Shwari Deposit | savings.in | out | own-account = M-SHWARI | -
50 | M-Shwari Withdraw… | savings.out | in | own-account = M-SHWARI | -
55 | KCB M-PESA Loan Disburse… | loan.kcb.draw | in | bank = KCB | -
55 | KCB M-PESA Loan Repay… | loan.kcb.repay | out | bank = KCB | -
55 | KCB M-PESA Loan Request | loan.kcb.request | - | bank = KCB | -
54 | KCB M-PESA Target | savings.target | - | own-account = KCB M-PESA | -
54 | KCB M-PESA Deposit | savings.in | - | own-account = KCB M-PESA | -
54 | KCB M-PESA Withdraw… | savings.out | - | own-account = KCB M-PESA | -
56 | Term Loan Disburse… | loan.term.draw | - | bank | -
56 | Term Loan Repay… | loan.term.repay | - | bank | -
57 | Unit Trust Invest To | investment.in | out | business | -
58 | Unit Trust Withdraw From | investment.out | in | business | -
59 | Ziidi Trader Customer Buying Shares to | shares.buy | out | business + account | -
60 | Sell Shares Payment by | shares.sell | in | business | -
63 | Transfer from Archived Funds | own.restored | in | operator = SAFARICOM | -
64 | FSI Withdraw… | savings.out | - | own-account = SAVINGS | -
64 | FSI Deposit | savings.in | - | own-account = SAVINGS | -
65 | Hustler Fund Loan Disburse… | loan.hustler.draw | - | operator = HUSTLER FUND | likely
65 | Hustler Fund Disburse… | loan.hustler.draw | - | operator = HUSTLER FUND | likely
65 | Hustler Fund Loan Withdraw… | loan.hustler.draw | - | operator = HUSTLER FUND | likely
65 | Hustler Fund Loan Repay… | loan.hustler.repay | - | operator = HUSTLER FUND | likely
65 | Hustler Fund Repay… | loan.hustler.repay | - | operator = HUSTLER FUND | likely
65 | Hustler Fund Saving… | savings.hustler | - | own-account = HUSTLER FUND | likely
65 | Hustler Fund | loan.hustler | - | operator = HUSTLER FUND | likely
66 | Standing Order | standing-order | out | unknown + account | likely
62 | /^[A-Za-z][A-Za-z ]* Reversal\b/ | reversal | - | - | likely
`);
