import type { Scope } from '../../access/scope.js';
import { KeyName, KeyScopes, NotNull } from './key-field.decorators.js';
import { KeyUseDto } from './key-use.dto.js';

/** A new key; what is left out is not limited. */
export class CreateApiKeyDto extends KeyUseDto {
  @KeyName()
  name: string;

  /** What the key may do; default: `inference`. */
  @NotNull()
  @KeyScopes()
  scopes: Scope[] = ['inference'];
}
