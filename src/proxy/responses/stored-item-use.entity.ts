import { Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import { StoredResponseEntity } from './stored-response.entity.js';

/** That a response has an item: tells which items may go with a response that is deleted. Goes with its response. */
@Entity('stored_item_uses')
// All three columns: SQLite takes an index that covers, were it only for the key.
@Index('stored_item_uses_item', ['keyId', 'itemId', 'responseId'])
export class StoredItemUseEntity {
  @PrimaryColumn({ name: 'key_id', type: 'varchar' })
  keyId: string;

  @PrimaryColumn({ name: 'response_id', type: 'varchar' })
  responseId: string;

  @PrimaryColumn({ name: 'item_id', type: 'varchar' })
  itemId: string;

  @ManyToOne(() => StoredResponseEntity, { onDelete: 'CASCADE' })
  @JoinColumn([
    { name: 'key_id', referencedColumnName: 'keyId', foreignKeyConstraintName: 'stored_item_uses_response' },
    { name: 'response_id', referencedColumnName: 'id', foreignKeyConstraintName: 'stored_item_uses_response' },
  ])
  response: Relation<StoredResponseEntity>;
}
