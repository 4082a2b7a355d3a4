import 'reflect-metadata';
import { ConsoleLogger, Logger, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AccountDirectory } from '../accounts/account-directory.service.js';
import { AppModule } from '../app.module.js';
import { type Configuration, readConfiguration } from '../platform/config/configuration.js';
import { SettingsReader } from '../settings/settings-reader.service.js';

/**
 * The service's own parts over its own database, whether it runs or not, in this process: put together, not started. No
 * port is opened, no job runs, nobody is seeded.
 */
export class LocalGateway {
  /** Where its data is, for people. */
  readonly name: string;

  private constructor(
    private readonly app: NestExpressApplication,
    configuration: Configuration,
  ) {
    this.name = databaseName(configuration);
  }

  /** @throws when the settings are not right, or the database can't be opened with their key */
  static async open(environment: Readonly<Record<string, string | undefined>>): Promise<LocalGateway> {
    const configuration = readConfiguration({ ...environment });
    const app = await NestFactory.create<NestExpressApplication>(AppModule.register(configuration), {
      abortOnError: false,
      bodyParser: false,
      // Whatever keeps it from being put together is thrown, and told in its own words.
      logger: false,
    });
    // Standard output is the command's result; these go to standard error.
    Logger.overrideLogger(
      new ConsoleLogger({ logLevels: ['error'], colors: process.stderr.isTTY && process.stderr.hasColors() }),
    );
    try {
      await app.get(SettingsReader, { strict: false }).refresh();
      await app.get(AccountDirectory, { strict: false }).reload();
    } catch (error) {
      await app.close();
      throw error;
    }
    return new LocalGateway(app, configuration);
  }

  get<Part>(type: Type<Part>): Part {
    return this.app.get(type, { strict: false });
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}

function databaseName({ settings }: Configuration): string {
  return settings.DATABASE_URL ? `the database of ${new URL(settings.DATABASE_URL).host}` : settings.DATABASE_PATH;
}
