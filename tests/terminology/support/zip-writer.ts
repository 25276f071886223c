import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  path: string;
  content: string | Uint8Array;
  /** 0 stored, 8 deflated (default); anything else is written as it stands, with this method's number. */
  method?: number;
  isEncrypted?: boolean;
  /** Overrides the checksum, to make a damaged archive. */
  crc?: number;
}

/** Builds a zip archive, by the letter of APPNOTE.TXT: local headers and data, central directory, end record. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, content, method = 8, isEncrypted = false, crc } of entries) {
    const data = Buffer.from(content as Uint8Array);
    const stored = method === 8 ? deflateRawSync(data) : data;
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt16LE(0x800 | (isEncrypted ? 1 : 0), 2); // names are UTF-8
    common.writeUInt16LE(method, 4);
    common.writeUInt16LE(0x21, 8); // 1980-01-01
    common.writeUInt32LE(crc ?? crc32(data), 10);
    common.writeUInt32LE(stored.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, stored]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, rest, name]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
