import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsISO8601, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { SCOPES } from '../../access/scope.js';
import {
  type LimitField,
  LONGEST_MODEL,
  LONGEST_NAME,
  limitProblem,
  MOST_MODELS,
  MOST_NETWORKS,
  modelsProblem,
  nameProblem,
  networksProblem,
  rangeOf,
} from '../key-fields.js';

/** ISO 8601 has weeks and numbered days too, which `Date` does not read. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;
const NOT_A_TIME = { message: 'expiresAt must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z' };

/** A field that may be left out, but not be null: a client that means "none" must not get the default. */
export function NotNull(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}

export function KeyName(): PropertyDecorator {
  return applyDecorators(
    Checked(nameProblem),
    ApiProperty({ type: String, minLength: 1, maxLength: LONGEST_NAME, example: 'laptop' }),
  );
}

export function KeyScopes(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayNotEmpty(),
    ArrayUnique(),
    IsIn(SCOPES, { each: true }),
    ApiProperty({ enum: SCOPES, isArray: true, required: false, example: ['inference'] }),
  );
}

export function KeyExpiry(): PropertyDecorator {
  return applyDecorators(
    IsISO8601({ strict: true }, NOT_A_TIME),
    Matches(TIME, NOT_A_TIME),
    ApiProperty({ type: String, format: 'date-time', example: '2027-01-31T00:00:00Z', nullable: true }),
  );
}

export function KeyLimit(field: LimitField, example: number): PropertyDecorator {
  const { isWhole, max } = rangeOf(field);
  const shown = { maximum: max, example, nullable: true };
  return applyDecorators(
    Checked((value) => limitProblem(field, value)),
    isWhole
      ? ApiProperty({ type: 'integer', minimum: 1, ...shown })
      : ApiProperty({ type: 'number', minimum: 0, ...shown }),
  );
}

export function KeyModels(): PropertyDecorator {
  const items = { type: 'string', minLength: 1, maxLength: LONGEST_MODEL };
  return applyDecorators(
    Checked(modelsProblem),
    ApiProperty({
      type: 'array',
      items,
      minItems: 1,
      maxItems: MOST_MODELS,
      example: ['claude-haiku-*', 'gpt-5-mini'],
      nullable: true,
    }),
  );
}

export function KeyNetworks(): PropertyDecorator {
  return applyDecorators(
    Checked(networksProblem),
    ApiProperty({
      type: 'array',
      items: { type: 'string' },
      minItems: 1,
      maxItems: MOST_NETWORKS,
      example: ['10.0.0.0/8', '2001:db8::/32'],
      nullable: true,
    }),
  );
}

function Checked(problemOf: (value: unknown) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'apiKeyField',
    validator: {
      validate: (value) => problemOf(value) === undefined,
      defaultMessage: (checked) => problemOf(checked?.value) ?? '',
    },
  });
}
