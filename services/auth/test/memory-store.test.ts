import { createMemoryStore } from './memory-store.ts';
import { tokenStoreContract } from './token-store.contract.ts';

tokenStoreContract('the store in memory', async () => {
  const texts = new Map();
  return { store: createMemoryStore({ texts }), reopen: async () => createMemoryStore({ texts }) };
});
