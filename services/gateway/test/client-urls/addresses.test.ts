import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../../src/client-urls/addresses.ts';

const rows: readonly (readonly [string, readonly string[]])[] = [
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
  ['this host', ['0.0.0.0', '0.1.2.3', '::']],
  ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1']],
  ['link-local', ['169.254.0.1', 'fe80::1', 'febf::1', 'fec0::1']],
  ['cloud metadata', ['169.254.169.254', 'fd00:ec2::254', '100.100.100.200', '192.0.0.192', '168.63.129.16']],
  ['shared by carriers', ['100.64.0.1', '100.127.255.255']],
  ['multicast and broadcast', ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1']],
  ['documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
  ['benchmarks', ['198.18.0.1', '198.19.255.255', '2001:2::1']],
  ['kept back', ['240.0.0.1', '192.88.99.1', '2001:10::1', '5f00::1', '4000::1', '100::1']],
  [
    'IPv4 inside of IPv6',
    ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '::ffff:0:8.8.8.8'],
  ],
  ['NAT64', ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1']],
  ['6to4 and Teredo', ['2002:7f00:1::', '2002:808:808::', '2001:0:53aa:64c::1']],
  ['no address', ['', 'localhost', '8.8.8.8.8', '8.8.8.8:443', '[2606:4700::1]']],
];

for (const [name, addresses] of rows) {
  test(`not public: ${name}`, () => {
    assert.deepEqual(addresses.filter(isPublicAddress), []);
  });
}

test('what anybody on the internet can ask is public', () => {
  const addresses = [
    '8.8.8.8',
    '93.184.215.14',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::6810:84e5',
    '2a00:1450::1',
  ];
  assert.deepEqual(addresses.filter(isPublicAddress), addresses);
});
