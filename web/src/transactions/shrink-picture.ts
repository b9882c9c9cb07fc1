/**
 * Makes a photo small enough to send from a phone. Drawing it anew also leaves out what the camera
 * noted beside the picture: where and when it was taken.
 */
import { attachmentBytesMax } from '../../../domain/statements/attachments.ts';
import { localProblem, RequestFailure } from '../request.ts';

/** Print on a receipt can still be read at this many pixels of the longer side. */
const sideMax = 2_000;
const quality = 0.8;

/** The file to send and its name. Throws `RequestFailure` for what is no receipt or too large. */
export async function readyToSend(file: File): Promise<{ body: Blob; name: string }> {
  if (!file.type.startsWith('image/')) return { body: fitting(file), name: file.name };
  const body = fitting(await shrunk(file));
  return { body, name: `${file.name.replace(/\.\w+$/, '')}.jpg` };
}

async function shrunk(file: File): Promise<Blob> {
  const picture = await createImageBitmap(file).catch(() => refuse('not-a-receipt', 415));
  const scale = Math.min(1, sideMax / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const paper = canvas.getContext('2d');
  if (paper === null) throw new Error('this browser draws no pictures');
  // What a picture lets through is paper, not black.
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const drawn = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, 'image/jpeg', quality),
  );
  return drawn ?? refuse('not-a-receipt', 415);
}

function fitting(body: Blob): Blob {
  return body.size > attachmentBytesMax ? refuse('file-too-large', 413) : body;
}

function refuse(code: string, status: number): never {
  throw new RequestFailure(localProblem(code, status));
}
