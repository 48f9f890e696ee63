import { HttpException, HttpStatus } from '@nestjs/common';

/**
 * A form was sent to a route with `FreshAccess` and the sender's last proof of who they are is too old. The access feature's filter
 * answers it with the question and carries the form along.
 */
export class ProveAgain extends HttpException {
  constructor() {
    super('prove again', HttpStatus.FORBIDDEN);
  }
}
