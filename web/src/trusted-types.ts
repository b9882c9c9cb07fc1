/**
 * The page is served with Trusted Types: a string never becomes markup or code. The chart empties
 * its surface by setting it to an empty text, so emptiness, and nothing else, is let through. Vue brings a
 * policy of its own for the templates that were compiled into the page.
 */
interface TrustedTypes {
  createPolicy: (name: string, rules: { createHTML: (text: string) => string | null }) => unknown;
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };

trustedTypes?.createPolicy('default', { createHTML: (text) => (text === '' ? text : null) });

export {};
