/**
 * The one difference in how the two APIs write tools, choices and formats: Chat puts the fields of a thing under a key
 * of its type's name (`{type: 'function', function: {name}}`), Responses beside it (`{type: 'function', name}`).
 */
export type WireForm = 'nested' | 'flat';
