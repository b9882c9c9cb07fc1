import { BlockList, isIP } from 'node:net';

/**
 * Whether an address may send callbacks, by a list of addresses and CIDR ranges; an empty list lets
 * every address in. Throws on an entry that is neither, so that a typing error is no open door.
 */
export function callbackSources(entries: readonly string[]): (address: string) => boolean {
  if (entries.length === 0) return () => true;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits, ...rest] = entry.split('/');
    const family = familyOf(address);
    if (family === undefined || rest.length > 0) throw new Error(`not an address: ${entry}`);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, bitsOf(entry, bits), family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = familyOf(plain);
    return family !== undefined && list.check(plain, family);
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

function bitsOf(entry: string, bits: string): number {
  if (!/^\d{1,3}$/.test(bits)) throw new Error(`not a CIDR range: ${entry}`);
  return Number(bits);
}
