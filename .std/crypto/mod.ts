/** Stand-in for `@std/crypto`: the platform's own Web Crypto, which it extends. */
export const crypto: Crypto = globalThis.crypto;
