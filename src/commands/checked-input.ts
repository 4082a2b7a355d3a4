import type { Type } from '@nestjs/common';
import { InputValidationPipe } from '../auth/input/input-validation.pipe.js';

/**
 * Input as the admin API takes it, checked by the same rules.
 * @throws GatewayError naming every field that is not right
 */
export async function checkedInput<Dto>(input: object, dto: Type<Dto>): Promise<Dto> {
  const checked = await new InputValidationPipe().transform(input, { type: 'body', metatype: dto });
  return checked as Dto;
}
