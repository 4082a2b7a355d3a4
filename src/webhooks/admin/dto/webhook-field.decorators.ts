import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsString, ValidateBy, ValidateIf } from 'class-validator';
import { IsText } from '../../../auth/input/dto/is-text.decorator.js';
import { secretProblem } from '../../receivers/signature.js';
import { WEBHOOK_EVENTS } from '../../webhook-event.js';

/** A field that may be left out, but not be null. */
export function NotNull(): PropertyDecorator {
  return ValidateIf((_body, value) => value !== undefined);
}

/** What else is wrong with it depends on the settings. */
export function WebhookUrl(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    ApiProperty({ type: String, format: 'uri', maxLength: 2048, example: 'https://hooks.example.com/amq' }),
  );
}

export function WebhookEvents(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayNotEmpty(),
    ArrayUnique(),
    IsIn(WEBHOOK_EVENTS, { each: true }),
    ApiProperty({ enum: WEBHOOK_EVENTS, isArray: true, required: false, example: ['account.suspended', 'pool.empty'] }),
  );
}

export function WebhookDescription(): PropertyDecorator {
  return applyDecorators(
    IsText(),
    ApiProperty({ type: String, maxLength: 200, nullable: true, required: false, example: 'On call' }),
  );
}

export function WebhookSecret(): PropertyDecorator {
  return applyDecorators(
    ValidateBy({
      name: 'webhookSecret',
      validator: {
        validate: (value) => secretProblem(value) === undefined,
        defaultMessage: (checked) => secretProblem(checked?.value) ?? '',
      },
    }),
    ApiProperty({ type: String, required: false, example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }),
  );
}
