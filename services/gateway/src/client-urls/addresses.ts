import ipaddr from 'ipaddr.js';

/** Everything on the internet of IPv6 (RFC 4291 §2.4); whatever is outside of it is some network's own business. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/** Public by its number and private by nature: the agent that answers every virtual machine of Azure on its host. */
const hostAgents: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether an address is one that anybody on the internet could ask. Only what is known to be so: all the ranges that
 * IANA has set apart are not (loopback, private, link-local, shared, multicast, documentation, benchmarks, and every
 * kind of IPv6 address that stands for an IPv4 one).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast' || hostAgents.has(address.toString())) return false;
  return address.kind() === 'ipv4' || address.match(globalUnicast);
}
