/**
 * Everything the audit trail can say was done, as programs write it and as people read it in both
 * languages. The compiler refuses a deed that nobody could read.
 */
import { phrase } from '../sentence.ts';

export const auditActions = {
  'access.denied': phrase(
    'Was refused what the role may not do',
    'Alikataliwa lisiloruhusiwa kwa jukumu lake',
  ),

  'session.start': phrase('Signed in', 'Aliingia'),
  'session.new-device': phrase('Signed in on a new device', 'Aliingia kwa kifaa kipya'),
  'session.step-up': phrase('Proved again who it is', 'Alithibitisha tena utambulisho wake'),
  'session.end': phrase('Signed out', 'Alitoka'),
  'session.revoke': phrase('Signed a device out', 'Alitoa kifaa kimoja'),
  'session.revoke-all': phrase('Signed all devices out', 'Alitoa vifaa vyote'),
  'session.reuse': phrase(
    'A used-up session was tried again and ended',
    'Kikao kilichokwisha kutumika kilijaribiwa tena, kikafungwa',
  ),
  'session.refused': phrase('A sign-in was refused', 'Kuingia kulikataliwa'),
  'session.many-refused': phrase('Many sign-ins were refused', 'Kuingia kulikataliwa mara nyingi'),
  'second-factor.refused': phrase('A second factor was refused', 'Uthibitisho wa pili ulikataliwa'),
  'password.change': phrase('Changed the password', 'Alibadilisha nenosiri'),
  'password.reset': phrase('Set a new password by mail', 'Aliweka nenosiri jipya kwa barua pepe'),
  'totp.add': phrase('Added an authenticator app', 'Aliongeza programu ya uthibitisho'),
  'totp.remove': phrase('Removed the authenticator app', 'Aliondoa programu ya uthibitisho'),
  'passkey.add': phrase('Added a passkey', 'Aliongeza ufunguo wa siri'),
  'passkey.remove': phrase('Removed a passkey', 'Aliondoa ufunguo wa siri'),
  'passkey.counted-back': phrase(
    'A passkey looked like a copy',
    'Ufunguo wa siri ulionekana kuwa nakala',
  ),
  'recovery-codes.renew': phrase(
    'Made new recovery codes',
    'Alitengeneza misimbo mipya ya dharura',
  ),
  'identity.linked': phrase('Connected a way to sign in', 'Aliunganisha njia ya kuingia'),
  'identity.unlink': phrase('Disconnected a way to sign in', 'Alitenganisha njia ya kuingia'),

  'member.invite': phrase('Invited somebody', 'Alialika mtu'),
  'member.invite.withdraw': phrase('Withdrew an invitation', 'Aliondoa mwaliko'),
  'member.join': phrase('Joined the business', 'Alijiunga na biashara'),
  'member.role': phrase('Changed a role', 'Alibadilisha jukumu'),
  'member.remove': phrase('Removed somebody', 'Alimwondoa mtu'),
  'key.create': phrase('Made an API key', 'Alitengeneza ufunguo wa API'),
  'key.rotate': phrase('Renewed an API key', 'Alifanya upya ufunguo wa API'),
  'key.revoke': phrase('Revoked an API key', 'Alibatilisha ufunguo wa API'),

  'tenant.create': phrase('Founded the business', 'Alianzisha biashara'),
  'tenant.suspend': phrase('Suspended the business', 'Alisimamisha biashara'),
  'tenant.resume': phrase('Let the business go on', 'Aliruhusu biashara iendelee'),
  'settings.change': phrase('Changed settings', 'Alibadilisha mipangilio'),
  'flag.choose': phrase('Chose a way of working', 'Alichagua namna ya kufanya kazi'),

  'account.register': phrase('Signed up', 'Alijisajili'),
  'account.retire': phrase('Retired an account', 'Alistaafisha akaunti'),
  'account.resume': phrase('Took an account up again', 'Alirudisha akaunti katika matumizi'),
  'balance.watch': phrase('Set a warning for a balance', 'Aliweka tahadhari ya salio'),
  'provider.ask': phrase('Asked M-PESA', 'Aliuliza M-PESA'),
  'shortcode.create': phrase('Added a shortcode', 'Aliongeza namba ya biashara'),
  'shortcode.update': phrase('Changed a shortcode', 'Alibadilisha namba ya biashara'),
  'shortcode.credentials': phrase(
    'Set the credentials of a shortcode',
    'Aliweka vitambulisho vya namba ya biashara',
  ),
  'shortcode.test': phrase(
    'Tested the connection of a shortcode',
    'Alijaribu muunganisho wa namba ya biashara',
  ),
  'shortcode.register': phrase(
    'Registered the addresses of a shortcode',
    'Alisajili anwani za namba ya biashara',
  ),
  'limit.propose': phrase('Proposed a limit', 'Alipendekeza kikomo'),
  'limit.approve': phrase('Approved a limit', 'Aliidhinisha kikomo'),
  'limit.reject': phrase('Rejected a limit', 'Alikataa kikomo'),
  'plan.change': phrase('Changed the plan', 'Alibadilisha mpango'),
  'plan.confirm': phrase('Confirmed the move to the new plan', 'Alithibitisha kuhamia mpango mpya'),
  'plan.roll-back': phrase(
    'Took the move to the new plan back',
    'Alirudisha nyuma kuhamia mpango mpya',
  ),
  'tenant.move': phrase('The move of the data began', 'Kuhamisha data kulianza'),
  'tenant.move.confirmed': phrase(
    'The move of the data was confirmed',
    'Kuhamisha data kulithibitishwa',
  ),
  'tenant.move.rolled-back': phrase(
    'The move of the data was taken back',
    'Kuhamisha data kulirudishwa nyuma',
  ),
  'tenant.move.abandoned': phrase('The move of the data was given up', 'Kuhamisha data kuliachwa'),
  'closing.ask': phrase('Asked to close the business', 'Aliomba biashara ifungwe'),
  'closing.approve': phrase('Agreed to close the business', 'Alikubali biashara ifungwe'),
  'closing.decline': phrase('Declined to close the business', 'Alikataa biashara isifungwe'),
  'closing.declined': phrase(
    'The closing of the business was declined',
    'Kufunga biashara kulikataliwa',
  ),
  'closing.withdrawn': phrase(
    'The closing of the business was taken back',
    'Kufunga biashara kulirudishwa nyuma',
  ),
  'closing.expired': phrase(
    'Nobody decided in time about closing the business',
    'Hakuna aliyeamua kwa wakati kuhusu kufunga biashara',
  ),
  'closing.withdraw': phrase(
    'Took the closing of the business back',
    'Aliondoa ombi la kufunga biashara',
  ),
  'closing.archive': phrase(
    'The archive of the closing business was made',
    'Kumbukumbu ya biashara inayofungwa ilitengenezwa',
  ),
  'closing.grace': phrase(
    'The last days of the closing business began',
    'Siku za mwisho za biashara inayofungwa zilianza',
  ),
  'export.begin': phrase('Began an archive of everything', 'Alianza kumbukumbu ya kila kitu'),
  'export.ready': phrase('The archive was ready', 'Kumbukumbu ilikuwa tayari'),
  'export.fetch': phrase('Fetched the archive', 'Alichukua kumbukumbu'),
  'export.expire': phrase('The archive was deleted in time', 'Kumbukumbu ilifutwa kwa wakati'),
  'import.send': phrase('Sent an archive to take over', 'Alituma kumbukumbu ya kuchukuliwa'),
  'import.begin': phrase('Taking over the archive began', 'Kuchukua kumbukumbu kulianza'),
  'import.refuse': phrase('The archive was refused', 'Kumbukumbu ilikataliwa'),
  'operation.cancel': phrase('Cancelled a running task', 'Alisitisha kazi inayoendelea'),

  'list.download': phrase('Took a list along', 'Alichukua orodha'),
  'download.begin': phrase('Began a file of a list', 'Alianza faili la orodha'),
  'download.delete': phrase('Deleted a file of a list', 'Alifuta faili la orodha'),
  'number.show': phrase('Looked at a whole phone number', 'Aliangalia nambari nzima ya simu'),
  'subject.report': phrase('Made a report about a person', 'Alitengeneza ripoti kuhusu mtu'),
  'subject.ask': phrase(
    'Recorded a wish of a person about their data',
    'Aliandika ombi la mtu kuhusu data yake',
  ),
  'subject.approve': phrase(
    'Approved a wish of a person about their data',
    'Aliidhinisha ombi la mtu kuhusu data yake',
  ),
  'subject.reject': phrase(
    'Rejected a wish of a person about their data',
    'Alikataa ombi la mtu kuhusu data yake',
  ),
  'subject.withdraw': phrase(
    'Withdrew a wish of a person about their data',
    'Aliondoa ombi la mtu kuhusu data yake',
  ),
  'subject.pseudonymised': phrase('A person was made unrecognisable', 'Mtu alifanywa asitambulike'),
  'breach.measure': phrase(
    'Wrote down what was done about a breach',
    'Aliandika hatua iliyochukuliwa kuhusu uvujaji',
  ),
  'breach.authority': phrase(
    'Wrote down that the authority was told',
    'Aliandika kwamba mamlaka iliarifiwa',
  ),
  'breach.tell': phrase('Business was told of a breach', 'Biashara iliarifiwa kuhusu uvujaji'),
  'callbacks.erased': phrase('Old callbacks were erased', 'Arifa za zamani zilifutwa'),
  'uploads.erased': phrase(
    'Old uploaded files were erased',
    'Faili za zamani zilizopakiwa zilifutwa',
  ),

  'statement.upload': phrase('Uploaded a statement', 'Alipakia taarifa'),
  'statement.approve': phrase('Decided to post a statement', 'Aliamua kuingiza taarifa'),
  'statement.post': phrase('A statement was posted', 'Taarifa iliingizwa'),
  'statement.refuse': phrase('A statement was refused', 'Taarifa ilikataliwa'),
  'statement.abandon': phrase('A statement was given up', 'Taarifa iliachwa'),
  'statement.fail': phrase(
    'A statement could not be worked through',
    'Taarifa ilishindikana kushughulikiwa',
  ),
  'statement.undo': phrase('Undid a statement', 'Alitengua taarifa'),
  'statement.mend': phrase(
    'Mended rows of a statement were posted',
    'Mistari iliyorekebishwa ya taarifa iliingizwa',
  ),
  'statement.file-removed': phrase(
    'The file of a statement was removed',
    'Faili la taarifa liliondolewa',
  ),
  'statement-row.mend': phrase('Mended a row of a statement', 'Alirekebisha mstari wa taarifa'),
  'statement-row.skip': phrase('Left out a row of a statement', 'Aliruka mstari wa taarifa'),
  'statement-row.reopen': phrase(
    'Opened a row of a statement again',
    'Alifungua tena mstari wa taarifa',
  ),
  'transaction.categorise': phrase(
    'Changed the category of a transaction',
    'Alibadilisha aina ya muamala',
  ),
  'transaction.mark': phrase(
    'Changed the tags or the note of a transaction',
    'Alibadilisha lebo au maelezo ya muamala',
  ),
  'transaction.split': phrase('Split a transaction', 'Aligawa muamala'),
  'transaction.join': phrase('Joined the parts of a transaction', 'Aliunganisha sehemu za muamala'),
  'transaction.attach': phrase(
    'Attached a file to a transaction',
    'Aliambatisha faili kwenye muamala',
  ),
  'transaction.detach': phrase('Removed an attached file', 'Aliondoa faili lililoambatishwa'),
  'transaction.reattach': phrase('Put an attached file back', 'Alirudisha faili lililoambatishwa'),
  'transactions.categorise': phrase(
    'Changed the category of many transactions',
    'Alibadilisha aina ya miamala mingi',
  ),
  'transactions.mark': phrase(
    'Changed the tags of many transactions',
    'Alibadilisha lebo za miamala mingi',
  ),
  'transactions.take-back': phrase(
    'Took a change of many transactions back',
    'Alirudisha nyuma badiliko la miamala mingi',
  ),

  'collection.cancel': phrase('A request for money was cancelled', 'Ombi la pesa lilisitishwa'),
  'collection.cancel-requested': phrase(
    'Asked to cancel a request for money',
    'Aliomba ombi la pesa lisitishwe',
  ),
  'collection.close': phrase('Gave up a request for money', 'Aliacha ombi la pesa'),
  'collection-batch.draft': phrase(
    'Uploaded a list of requests for money',
    'Alipakia orodha ya maombi ya pesa',
  ),
  'collection-batch.running': phrase(
    'Started a list of requests for money',
    'Alianzisha orodha ya maombi ya pesa',
  ),
  'collection-batch.cancelled': phrase(
    'Cancelled a list of requests for money',
    'Alisitisha orodha ya maombi ya pesa',
  ),
  'collection-batch.done': phrase(
    'A list of requests for money came to its end',
    'Orodha ya maombi ya pesa ilifika mwisho',
  ),
  'payment-link.close': phrase('Closed a payment link', 'Alifunga kiungo cha malipo'),
  'invoice.send': phrase('Sent an invoice', 'Alituma ankara'),
  'invoice.void': phrase('Voided an invoice', 'Alifuta ankara'),
  'customer.change': phrase('Changed a customer', 'Alibadilisha mteja'),
  'customer.archive': phrase('Archived a customer', 'Alihifadhi mteja kwenye kumbukumbu'),
  'customer.restore': phrase('Took a customer up again', 'Alirudisha mteja'),
  'customer.list': phrase('Recorded customers from a file', 'Aliandika wateja kutoka kwenye faili'),
  'received-payment.allocate': phrase('Allocated a payment', 'Aligawa malipo'),
  'received-payment.undo': phrase(
    'Took the allocation of a payment back',
    'Alirudisha nyuma mgao wa malipo',
  ),
  'received-payment.refund': phrase('Gave a payment back', 'Alirejesha malipo'),
  'callback.retry': phrase('Tried a callback held back again', 'Alijaribu tena arifa iliyozuiwa'),
  'callback.discard': phrase('Discarded a callback held back', 'Alitupa arifa iliyozuiwa'),

  'collection.closing-requested': phrase(
    'Said that a request for money is to be given up',
    'Alisema ombi la pesa liachwe',
  ),
  'collection.closing-agreed': phrase(
    'Agreed that a request for money is given up',
    'Alikubali ombi la pesa liachwe',
  ),
  'collection.closing-rejected': phrase(
    'Did not agree that a request for money is given up',
    'Hakukubali ombi la pesa liachwe',
  ),
  'collection.closing-withdrawn': phrase(
    'Took back that a request for money is to be given up',
    'Alirudisha kauli kwamba ombi la pesa liachwe',
  ),
  'collection.closing-expired': phrase(
    'Nobody agreed in time that a request for money is given up',
    'Hakuna aliyekubali kwa wakati ombi la pesa liachwe',
  ),

  'disbursement.request': phrase('Asked for a payout', 'Aliomba malipo yatolewe'),
  'disbursement.approve': phrase('Approved a payout', 'Aliidhinisha malipo'),
  'disbursement.cancelled': phrase('A payout was cancelled', 'Malipo yalisitishwa'),
  'disbursement.refused': phrase('A payout was refused', 'Malipo yalikataliwa'),
  'disbursement.expired': phrase(
    'A payout was not approved in time',
    'Malipo hayakuidhinishwa kwa wakati',
  ),
  'disbursement.paid': phrase('A payout was paid', 'Malipo yalilipwa'),
  'disbursement.returned': phrase('The money of a payout came back', 'Pesa za malipo zilirudi'),
  'disbursement.answer': phrase('M-PESA answered a payout', 'M-PESA ilijibu malipo'),
  'disbursement.result': phrase(
    'M-PESA told how a payout ended',
    'M-PESA ilisema malipo yaliishaje',
  ),
  'disbursement.timeout': phrase(
    'M-PESA said that a payout waited too long',
    'M-PESA ilisema malipo yalisubiri mno',
  ),
  'disbursement.status': phrase(
    'M-PESA was asked about a payout and answered',
    'M-PESA iliulizwa kuhusu malipo, ikajibu',
  ),
  'disbursement.person': phrase(
    'A person told how a payout ended',
    'Mtu alisema malipo yaliishaje',
  ),
  'disbursement.closing-requested': phrase('Said how a payout ended', 'Alisema malipo yaliishaje'),
  'disbursement.closing-agreed': phrase('Agreed how a payout ended', 'Alikubali malipo yaliishaje'),
  'disbursement.closing-rejected': phrase(
    'Did not agree how a payout ended',
    'Hakukubali malipo yaliishaje',
  ),
  'disbursement.closing-withdrawn': phrase(
    'Took back how a payout ended',
    'Alirudisha kauli ya malipo yaliishaje',
  ),
  'disbursement.closing-expired': phrase(
    'Nobody agreed in time how a payout ended',
    'Hakuna aliyekubali kwa wakati malipo yaliishaje',
  ),
  'disbursement.return-requested': phrase(
    'Said that the money of a payout came back',
    'Alisema pesa za malipo zilirudi',
  ),
  'disbursement.return-agreed': phrase(
    'Agreed that the money of a payout came back',
    'Alikubali kwamba pesa za malipo zilirudi',
  ),
  'disbursement.return-rejected': phrase(
    'Did not agree that the money of a payout came back',
    'Hakukubali kwamba pesa za malipo zilirudi',
  ),
  'disbursement.return-withdrawn': phrase(
    'Took back that the money of a payout came back',
    'Alirudisha kauli kwamba pesa za malipo zilirudi',
  ),
  'disbursement.return-expired': phrase(
    'Nobody agreed in time that the money of a payout came back',
    'Hakuna aliyekubali kwa wakati kwamba pesa za malipo zilirudi',
  ),
  'payout_batch.draft': phrase('Uploaded a list of payouts', 'Alipakia orodha ya malipo'),
  'payout_batch.awaiting-approval': phrase(
    'Asked for approval of a list of payouts',
    'Aliomba idhini ya orodha ya malipo',
  ),
  'payout_batch.approve': phrase('Approved a list of payouts', 'Aliidhinisha orodha ya malipo'),
  'payout_batch.running': phrase('Started a list of payouts', 'Alianzisha orodha ya malipo'),
  'payout_batch.rejected': phrase('Rejected a list of payouts', 'Alikataa orodha ya malipo'),
  'payout_batch.cancelled': phrase('Cancelled a list of payouts', 'Alisitisha orodha ya malipo'),
  'payout_batch.expired': phrase(
    'A list of payouts was not approved in time',
    'Orodha ya malipo haikuidhinishwa kwa wakati',
  ),
  'payout_batch.finished': phrase(
    'A list of payouts came to its end',
    'Orodha ya malipo ilifika mwisho',
  ),
  'payout_batch.finish': phrase(
    'A list of payouts came to its end',
    'Orodha ya malipo ilifika mwisho',
  ),

  'ledger.posting-requested': phrase('Asked for a posting by hand', 'Aliomba ingizo la mkono'),
  'ledger.posted-by-hand': phrase('Agreed to a posting by hand', 'Alikubali ingizo la mkono'),
  'ledger.rejected': phrase('Rejected a posting by hand', 'Alikataa ingizo la mkono'),
  'ledger.withdrawn': phrase('Withdrew a posting by hand', 'Aliondoa ingizo la mkono'),
  'ledger.request-expired': phrase(
    'Nobody agreed in time to a posting by hand',
    'Hakuna aliyekubali kwa wakati ingizo la mkono',
  ),
  'ledger.account-closed': phrase('Closed an account of the ledger', 'Alifunga akaunti ya leja'),
  'ledger.account-reopened': phrase(
    'Opened an account of the ledger again',
    'Alifungua tena akaunti ya leja',
  ),
  'ledger.monitor-made': phrase('Made a watch over a balance', 'Aliweka ulinzi wa salio'),
  'ledger.monitor-changed': phrase(
    'Changed a watch over a balance',
    'Alibadilisha ulinzi wa salio',
  ),
  'ledger.monitor-removed': phrase('Removed a watch over a balance', 'Aliondoa ulinzi wa salio'),
  'ledger.sealed': phrase('The ledger of a day was sealed', 'Leja ya siku ilifungwa kwa muhuri'),
} as const;

export type AuditAction = keyof typeof auditActions;
