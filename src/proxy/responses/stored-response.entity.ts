import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';
import { Sealed } from '../../platform/encryption/sealed.js';
import { responseItemsOwner, responseOwner } from './sealed-owners.js';

@Entity('stored_responses')
@Index('stored_responses_expiry', ['expiresAt'])
@Index('stored_responses_age', ['keyId', 'expiresAt', 'size'])
export class StoredResponseEntity {
  @PrimaryColumn({ name: 'key_id', type: 'varchar' })
  keyId: string;

  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ name: 'previous_id', type: 'varchar', nullable: true })
  previousId: string | null;

  /** Bytes it counts against its key's limit, its items not among them. */
  @Column({ type: 'integer' })
  size: number;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'expires_at', ...instant })
  expiresAt: Date;

  /** Encrypted JSON: the ids of its input and output items, in order. */
  @Sealed('responses', responseItemsOwner)
  @Column({ type: 'text' })
  items: string;

  /** Encrypted JSON: the response object without its output. */
  @Sealed('responses', responseOwner)
  @Column({ type: 'text', select: false })
  body: string;
}
