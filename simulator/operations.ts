import type { IncomingMessage } from 'node:http';
import type { Binding } from './answer.js';
import { ServiceError } from './service-error.js';

export type Service = 'streaming' | 'control-plane' | 'sign-in';

export interface FoundOperation {
  operation: string;
  service: Service;
  /** Sign-in has none: its requests are plain JSON. */
  binding: Binding | undefined;
}

const restOperations = new Map<string, FoundOperation>([
  ['POST /generateAssistantResponse', rest('GenerateAssistantResponse', 'streaming')],
  ['GET /ListAvailableModels', rest('ListAvailableModels', 'control-plane')],
  ['GET /getUsageLimits', rest('GetUsageLimits', 'control-plane')],
  ['POST /ListAvailableProfiles', rest('ListAvailableProfiles', 'control-plane')],
  ['POST /token', signIn('CreateToken')],
  ['POST /refreshToken', signIn('RefreshToken')],
  ['POST /client/register', signIn('RegisterClient')],
  ['POST /device_authorization', signIn('StartDeviceAuthorization')],
]);

const targetedOperations = new Map<string, FoundOperation>([
  ['AmazonCodeWhispererStreamingService.GenerateAssistantResponse', targeted('GenerateAssistantResponse', 'streaming')],
  ['AmazonCodeWhispererService.ListAvailableModels', targeted('ListAvailableModels', 'control-plane')],
  ['AmazonCodeWhispererService.GetUsageLimits', targeted('GetUsageLimits', 'control-plane')],
  ['AmazonCodeWhispererService.ListAvailableProfiles', targeted('ListAvailableProfiles', 'control-plane')],
]);

/** What a request asks for, by path or by target (sheet §1.2, §1.3, §8.1, §9.1). */
export function findOperation(request: IncomingMessage, path: string): FoundOperation {
  const target = request.headers['x-amz-target'];
  const found =
    request.method === 'POST' && path === '/' && typeof target === 'string'
      ? targetedOperations.get(target)
      : restOperations.get(`${request.method} ${path}`);
  if (!found) {
    throw new ServiceError({
      status: 404,
      type: 'com.amazon.coral.service#UnknownOperationException',
      message: 'The requested operation does not exist.',
      detail: `${request.method} ${path} ${target ?? ''}`,
    });
  }
  return found;
}

function rest(operation: string, service: Service): FoundOperation {
  return { operation, service, binding: 'restJson1' };
}

function targeted(operation: string, service: Service): FoundOperation {
  return { operation, service, binding: 'awsJson1.0' };
}

function signIn(operation: string): FoundOperation {
  return { operation, service: 'sign-in', binding: undefined };
}
