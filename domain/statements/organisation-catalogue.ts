import { compileCatalogue } from './catalogue-entry.ts';

/**
 * What the details, transaction types and reason types of a till, pay bill or payout account begin
 * with, in the order of matching. Sources: the fixtures of public importers of portal exports and
 * till statements, November 2026. `compileCatalogue` explains the columns.
 */
export const organisationCatalogue = compileCatalogue(String.raw`
row | begins | purpose | direction | other side | traits
101 | /^[A-Za-z][A-Za-z ]* Charge Reversal\b/ | reversal | - | - | likely
102 | Pay Bill Charge | fee.paybill | out | - | -
103 | Buy Goods Charge | fee.till | out | - | -
103 | Pay Merchant Charge | fee.till | out | - | -
103 | Merchant Payment Charge | fee.till | out | - | -
104 | Business Payment Charge | fee.business-payment | out | - | -
105 | /^(?:[A-Za-z][A-Za-z0-9 &/.-]* )?Charges?\.?$/ | fee.other | out | - | -
106 | Pay Utility Reversal | reversal | - | unknown | -
106 | Pay Bill Reversal | reversal | - | unknown | -
106 | Buy Goods Reversal | reversal | - | unknown | -
106 | Pay Merchant Reversal | reversal | - | unknown | -
106 | Business Payment Reversal | reversal | - | unknown | -
106 | Reversal of | reversal | - | unknown | -
107 | Pay Bill Fuliza M-PESA from | paybill.received | in | unknown + account | fuliza
107 | Pay Bill Online Fuliza M-PESA from | paybill.received | in | unknown + account | fuliza
108 | Pay Bill Online from | paybill.received | in | unknown + account | -
109 | Pay Bill from | paybill.received | in | unknown + account | -
110 | Small Business Pay Bill from | paybill.received | in | unknown + account | -
111 | Merchant Pay Utility Received from | paybill.received | in | unknown + account | -
112 | Business Pay Bill via API by | paybill.received | in | business + account | -
112 | Business Pay Bill by | paybill.received | in | business + account | -
112 | Business Pay Bill from | paybill.received | in | business + account | -
113 | FSI to Pay Bill by | paybill.received | in | bank + account | -
114 | Merchant Payment Fuliza M-PESA from | till.received | in | unknown | fuliza
114 | Merchant Payment Fuliza M-PESA Online from | till.received | in | unknown | fuliza
114 | Merchant Payment Online Fuliza M-PESA from | till.received | in | unknown | fuliza
115 | Merchant Payment Online from | till.received | in | unknown | -
116 | Merchant Payment from | till.received | in | unknown | -
116 | Customer Merchant Payment from | till.received | in | unknown | -
116 | Small Business Pay Merchant from | till.received | in | unknown | -
117 | Business Payment to | business-payment | out | unknown | -
118 | Salary Payment to | salary | out | unknown | -
119 | Promotion Payment to | promotion | out | unknown | -
120 | Merchant to Customer Payment to | business-payment | out | unknown | -
121 | Merchant Pay Utility to | paybill | out | business + account | -
122 | Merchant to Merchant Payment to | till | out | business | -
123 | Merchant to Merchant Payment from | till.received | in | business | -
124 | Agency Withdrawal of Funds to Bank | settlement.bank | out | own-account = BANK | -
124 | Organization Settle to Bank | settlement.bank | out | own-account = BANK | -
124 | Organisation Settle to Bank | settlement.bank | out | own-account = BANK | -
124 | Withdraw Funds to Bank | settlement.bank | out | own-account = BANK | -
125 | /^[A-Za-z][A-Za-z ]* Account to [A-Za-z][A-Za-z ]*(?:Account|Settlement)\b/ | settlement.internal | - | own-account = OWN ACCOUNT | -
126 | Real Time Settlement | settlement.bank | - | own-account = OWN ACCOUNT | -
126 | Organization Settlement | settlement.bank | - | own-account = OWN ACCOUNT | -
126 | Organisation Settlement | settlement.bank | - | own-account = OWN ACCOUNT | -
127 | Withdraw to Bank | settlement.bank | - | own-account = BANK | -
128 | Withdraw at Agent | withdraw.agent | - | agent | -
129 | Sell Airtime | airtime.sold | - | unknown | -
130 | Loan Disburse… | loan.business.draw | - | bank | -
131 | Loan Repay… | loan.business.repay | - | bank | -
132 | Biashara Overdraft | loan.overdraft | - | operator = FULIZA YA BIASHARA | -
133 | Merchant to Customer Payment | business-payment | - | unknown | -
134 | Merchant to Merchant Payment | till.transfer | - | business | -
135 | Merchant Pay Utility | paybill | - | business + account | -
136 | Funds Transfer | transfer | - | unknown | -
137 | Customer Merchant Payment | till.received | - | unknown | -
137 | Merchant Payment Online | till.received | - | unknown | -
137 | Small Business Pay Merchant | till.received | - | unknown | -
137 | Pay Merchant | till.received | - | unknown | -
137 | Customer Buy Goods Online | till.received | - | unknown | -
137 | Merchant Payment | till.received | - | unknown | -
138 | Buy Goods | till.received | in | unknown | -
139 | Pay Utility with OD | paybill.received | - | unknown + account | fuliza
139 | Pay Bill Online with OD | paybill.received | - | unknown + account | fuliza
140 | Pay Utility | paybill.received | - | unknown + account | -
140 | Pay Bill Online | paybill.received | - | unknown + account | -
140 | Business Pay Bill | paybill.received | - | unknown + account | -
140 | Small Business Pay Bill | paybill.received | - | unknown + account | -
140 | Pay Bill | paybill.received | - | unknown + account | -
141 | Business Payment to Customer | business-payment | - | unknown | -
141 | Business Payment | business-payment | - | unknown | -
142 | Salary Payment | salary | - | unknown | -
143 | Promotion Payment | promotion | - | unknown | -
144 | /^[A-Za-z][A-Za-z ]* Reversal\b/ | reversal | - | - | likely
`);
