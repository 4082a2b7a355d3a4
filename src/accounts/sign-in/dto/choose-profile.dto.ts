import { AccountText } from '../../admin/account-field.decorators.js';

/** One of the sign-in's `profiles`. */
export class ChooseProfileDto {
  @AccountText('profileArn', 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL')
  profileArn: string;
}
