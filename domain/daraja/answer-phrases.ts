/**
 * Why a call to Daraja did not work: what we say about it, and what Daraja itself is known to say.
 * Its other texts stay as they came.
 */
import { interpreter, teller } from '../phrasebook.ts';
import { phrase } from '../sentence.ts';

const ours = {
  'initiator-stopped': phrase(
    'The initiator was stopped by result {code}; renew it first.',
    'Initiator ilisimamishwa na matokeo {code}; ifanye upya kwanza.',
  ),
  'initiator-missing': phrase(
    'This shortcode has no initiator.',
    'Nambari hii ya biashara haina initiator.',
  ),
  'wrong-keys': phrase(
    'Daraja does not accept the consumer key and secret.',
    'Daraja haikubali consumer key na secret.',
  ),
  'invalid-token': phrase(
    'Daraja refused two fresh tokens in a row.',
    'Daraja imekataa tokeni mbili mpya mfululizo.',
  ),
  'no-answer': phrase(
    'no answer within {milliseconds} ms',
    'hakuna jibu ndani ya ms {milliseconds}',
  ),
  'too-long': phrase('an answer of more than {bytes} bytes', 'jibu la zaidi ya baiti {bytes}'),
  lost: phrase('an unknown error', 'hitilafu isiyojulikana'),
} as const;

/** As the documentation has it and the gateway is seen to write it. */
const ofDaraja = {
  field: phrase('Bad Request - Invalid {field}', 'Ombi si sahihi - {field} haikubaliki'),
  merchant: phrase('Merchant does not exist', 'Biashara haipo'),
  credentials: phrase(
    '[MerchantValidate] - Wrong credentials',
    '[MerchantValidate] - Vitambulisho si sahihi',
  ),
  token: phrase('Invalid Access Token', 'Tokeni haikubaliki'),
  unauthorised: phrase('Invalid Access Token - Unauthorized', 'Tokeni haikubaliki - huna ruhusa'),
  product: phrase(
    'Invalid API call as no apiproduct match found',
    'wito si sahihi, programu haina bidhaa hii ya API',
  ),
  passed: phrase('Invalid Authentication passed', 'Utambulisho uliotumwa si sahihi'),
  authentication: phrase('Invalid Authentication Header', 'Kichwa cha utambulisho si sahihi'),
  resource: phrase('Resource not found', 'Kilichoombwa hakipo'),
  method: phrase('Method Not Allowed', 'Njia hii hairuhusiwi'),
  busy: phrase(
    'System is busy. Please try again in few minutes.',
    'Mfumo una shughuli nyingi. Tafadhali jaribu tena baada ya dakika chache.',
  ),
  spike: phrase('Spike Arrest Violation', 'maombi ni mengi mno kwa wakati mmoja'),
  quota: phrase('Quota violation', 'Kiwango cha maombi kimepitwa'),
  inside: phrase('Internal Server Error', 'Hitilafu ya ndani ya seva'),
  registered: phrase('Urls are already registered.', 'Anwani zimeshasajiliwa.'),
  older: phrase(
    'Duplicate notification info, SP ID is {number}',
    'Taarifa zimesajiliwa mara mbili, SP ID ni {number}',
  ),
  working: phrase('The transaction is being processed', 'Muamala bado unashughulikiwa'),
  occurred: phrase('Error Occurred: {said:what}', 'Hitilafu imetokea: {said:what}'),
  coded: phrase('{code} {said:message}', '{code} {said:message}'),
} as const;

export const darajaPhrases = { ...ours, ...ofDaraja } as const;
export const darajaWords = teller(ours);

/** What is known of a failed call, in Swahili; null for texts nobody knows beforehand. */
export const darajaInSwahili = interpreter(darajaPhrases);
