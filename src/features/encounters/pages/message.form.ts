import { MaxLength, MinLength } from 'class-validator';
import { MESSAGE_LENGTH } from '../hosting/waiting-room.service.js';

export class MessageForm {
  @MinLength(1, { message: 'encounters:people.fault.message' })
  @MaxLength(MESSAGE_LENGTH, { message: 'encounters:people.fault.message-long' })
  text = '';
}
