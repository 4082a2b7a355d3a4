import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';
import { Sealed } from '../../platform/encryption/sealed.js';
import { itemOwner } from './sealed-owners.js';

/** An input or output item of stored responses. Of one API key: the same item of another key is another row. */
@Entity('stored_items')
@Index('stored_items_expiry', ['expiresAt'])
@Index('stored_items_age', ['keyId', 'expiresAt', 'size'])
export class StoredItemEntity {
  @PrimaryColumn({ name: 'key_id', type: 'varchar' })
  keyId: string;

  @PrimaryColumn({ type: 'varchar' })
  id: string;

  /** Bytes it counts against its key's limit. */
  @Column({ type: 'integer' })
  size: number;

  @Column({ name: 'expires_at', ...instant })
  expiresAt: Date;

  /** Encrypted JSON. `select: false`: only who asks for it gets it. */
  @Sealed('responses', itemOwner)
  @Column({ type: 'text', select: false })
  body: string;
}
