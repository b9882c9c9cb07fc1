/** What a code of Daraja means for us, whatever its family. */
export type ResultFamily = 'stk' | 'initiator' | 'reversal' | 'validation' | 'gateway';

/** `paid` moved money, `failed` moved none, `pending` and `unknown` have to be asked about. */
export type ResultStatus = 'paid' | 'failed' | 'pending' | 'unknown';

export interface ResultMeaning {
  family: ResultFamily;
  /** Always text: some codes are not numbers. */
  code: string;
  status: ResultStatus;
  wordsEn: string;
  wordsSw: string;
  /** Whether a new attempt can succeed without anybody changing anything. */
  isRetryable: boolean;
  /** Seconds to wait before a new attempt; null when it makes no difference. */
  retryAfterSeconds: number | null;
  /** No money moved and none will for this request, or it has moved. */
  isFinal: boolean;
  /** Do not conclude anything from it: ask again. */
  requery: boolean;
  /** Ours or the tenant's settings are wrong; an operator has to look. */
  isConfiguration: boolean;
}

type Words = readonly [english: string, swahili: string];

interface Options {
  retryAfterSeconds?: number;
  isRetryable?: boolean;
  isConfiguration?: boolean;
}

/** A code after which no money has moved. */
export function failed(code: string, words: Words, options: Options = {}) {
  return entry(code, words, { status: 'failed', isFinal: true, requery: false, ...options });
}

/** A code that settles nothing. */
export function unsettled(code: string, words: Words, status: 'pending' | 'unknown' = 'pending') {
  return entry(code, words, { status, isFinal: false, requery: true });
}

/** The code of success. */
export function paid(code: string, words: Words) {
  return entry(code, words, { status: 'paid', isFinal: true, requery: false });
}

type Entry = Omit<ResultMeaning, 'family'>;

function entry(
  code: string,
  [wordsEn, wordsSw]: Words,
  options: Options & Pick<ResultMeaning, 'status' | 'isFinal' | 'requery'>,
): Entry {
  return {
    ...{ code, wordsEn, wordsSw, retryAfterSeconds: null, isRetryable: false },
    isConfiguration: false,
    ...(options.retryAfterSeconds === undefined ? {} : { isRetryable: true }),
    ...options,
  };
}

export function inFamily(family: ResultFamily, entries: readonly Entry[]): ResultMeaning[] {
  return entries.map((each) => ({ family, ...each }));
}
