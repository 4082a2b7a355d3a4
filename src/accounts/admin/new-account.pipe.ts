import { type ArgumentMetadata, Injectable, type Type } from '@nestjs/common';
import { InputValidationPipe, invalidInput } from '../../auth/input/input-validation.pipe.js';
import { GatewayError } from '../../core/errors.js';
import { PROVIDERS, type Provider } from '../account.js';
import { foreignFields } from '../provider-fields.js';
import { CreateAmazonqAccountDto, CreateAnthropicAccountDto } from './dto/create-account.dto.js';

const DTO_OF: Record<Provider, Type> = {
  amazonq: CreateAmazonqAccountDto,
  anthropic: CreateAnthropicAccountDto,
};

/** Checks a new account by the rules of its provider, which is `amazonq` unless it says otherwise. */
@Injectable()
export class NewAccountPipe extends InputValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { provider, foreign } = read(value);
    try {
      return await super.transform(value, { ...metadata, metatype: DTO_OF[provider] });
    } catch (error) {
      if (!(error instanceof GatewayError) || foreign.length === 0) throw error;
      const named = new Set(foreign.map(({ path }) => path));
      throw invalidInput([...(error.fields ?? []).filter(({ path }) => !named.has(path)), ...foreign]);
    }
  }
}

function read(value: unknown) {
  if (typeof value !== 'object' || value === null) return { provider: 'amazonq' as const, foreign: [] };
  const given: unknown = 'provider' in value ? (value.provider ?? 'amazonq') : 'amazonq';
  const provider = PROVIDERS.find((known) => known === given);
  if (!provider) throw invalidInput([{ path: 'provider', message: `provider must be ${PROVIDERS.join(' or ')}` }]);
  return { provider, foreign: foreignFields(value, provider) };
}
