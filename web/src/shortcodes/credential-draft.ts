/** Credentials while they are typed in; they live in the form alone. */
export const credentialNames = [
  'consumerKey',
  'consumerSecret',
  'passkey',
  'initiatorName',
  'initiatorPassword',
] as const;
export type CredentialName = (typeof credentialNames)[number];
export type CredentialDraft = Record<CredentialName, string>;

export function emptyCredentials(): CredentialDraft {
  return {
    consumerKey: '',
    consumerSecret: '',
    passkey: '',
    initiatorName: '',
    initiatorPassword: '',
  };
}

/** True when somebody has typed anything at all. */
export function hasCredentials(draft: CredentialDraft): boolean {
  return Object.values(draft).some((value) => value.trim() !== '');
}

/** What is sent: pasted blanks at the ends are never part of a key. */
export function trimmedCredentials(draft: CredentialDraft): CredentialDraft {
  const trimmed = emptyCredentials();
  for (const name of credentialNames) trimmed[name] = draft[name].trim();
  return trimmed;
}

/** Shillings as a person types them → cents; null when empty, undefined when it is no whole amount. */
export function centsOf(typed: string): number | null | undefined {
  const plain = typed.replaceAll(/[\s,]/g, '');
  if (plain === '') return null;
  return /^\d{1,6}$/.test(plain) && Number(plain) > 0 ? Number(plain) * 100 : undefined;
}
