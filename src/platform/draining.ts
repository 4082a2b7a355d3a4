import { Global, Injectable, Module } from '@nestjs/common';

/** Whether the service is on its way down: it finishes what runs and takes nothing new. */
@Injectable()
export class Draining {
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  begin(): void {
    this.draining = true;
  }
}

@Global()
@Module({ providers: [Draining], exports: [Draining] })
export class DrainingModule {}
