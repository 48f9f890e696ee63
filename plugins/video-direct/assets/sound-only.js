/** Whether pictures are given up for the sake of sound, and by whom. */

/** Somebody who turned pictures on again on a weak line is left alone for so long. */
const PATIENCE_MS = 60_000;

export class SoundOnly {
  #patientUntil = 0;
  #cameraBefore = true;

  isOn = false;
  /** True when the line decided, not the person. */
  isForced = false;

  /** The line is too weak for pictures. True when they should be given up now. */
  isDue(isWeak, hasPictures, now) {
    return isWeak && hasPictures && now > this.#patientUntil;
  }

  /** Switches over. Returns whether the camera should be on from now. */
  toggle({ cameraOn, isForced, now }) {
    this.isOn = !this.isOn;
    this.isForced = this.isOn && isForced;
    if (this.isOn) {
      this.#cameraBefore = cameraOn;
      return false;
    }
    this.#patientUntil = now + PATIENCE_MS;
    return this.#cameraBefore;
  }
}
