import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, ValidateBy } from 'class-validator';
import { fieldProblem, NUMBER_RANGES, type NumberField } from '../field-rules.js';
import type { LiveField } from '../live-fields.js';

/** A setting by the rule of its path; it may be left out, and null. */
export function Setting(field: LiveField): PropertyDecorator {
  return applyDecorators(
    IsOptional(),
    ValidateBy({
      name: 'setting',
      validator: {
        validate: (value) => fieldProblem(field, value) === undefined,
        defaultMessage: (checked) => fieldProblem(field, checked?.value) ?? '',
      },
    }),
  );
}

/** The same for a whole number. */
export function NumberSetting(field: NumberField, example: number): PropertyDecorator {
  const { min, max } = NUMBER_RANGES[field];
  return applyDecorators(Setting(field), ApiProperty({ type: 'integer', minimum: min, maximum: max, example }));
}
