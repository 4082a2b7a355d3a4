import { IsBoolean } from 'class-validator';
import type { Scope } from '../../access/scope.js';
import { KeyName, KeyScopes, NotNull } from './key-field.decorators.js';
import { KeyUseDto } from './key-use.dto.js';

/** What of a key changes; what is left out stays, null takes a limit away. */
export class UpdateApiKeyDto extends KeyUseDto {
  @NotNull()
  @KeyName()
  name?: string;

  /** What the key may do. */
  @NotNull()
  @KeyScopes()
  scopes?: Scope[];

  /** @example false */
  @NotNull()
  @IsBoolean()
  enabled?: boolean;
}
