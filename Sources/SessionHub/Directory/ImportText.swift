/// Brings the document of an import into UTF-8, or says why it cannot be read.
///
/// UTF-16 is known by its byte order mark. Nothing in an old code page says which one it is, so that the sender must
/// name it (`charset`): a guess would spoil names unnoticed. A wrong `charset` would spoil them as well. A document
/// that is called Windows-1252 but is UTF-8 is therefore read as UTF-8, and refused if it is UTF-8 except for some
/// bytes.
enum ImportText {
    private static let signatures: [([UInt8], Localized)] = [
        ([0x50, 0x4B, 0x03, 0x04], workbook), ([0x50, 0x4B, 0x05, 0x06], workbook),
        ([0xD0, 0xCF, 0x11, 0xE0], workbook), ([0x1F, 0x8B], packed),
    ]

    /// - Parameter charset: the character set that the sender names, if any.
    static func utf8(_ bytes: [UInt8], charset: String?) throws(HubError) -> [UInt8] {
        for (start, sentence) in signatures where bytes.starts(with: start) {
            throw HubError(.invalidField, sentence)
        }
        if bytes.starts(with: [0xFF, 0xFE]) { return try utf16(bytes.dropFirst(2), isBigEndian: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return try utf16(bytes.dropFirst(2), isBigEndian: true) }
        switch charset?.trimmed.lowercased() ?? "utf-8" {
        case "utf-16", "utf-16le": return try utf16(bytes[...], isBigEndian: false)
        case "utf-16be": return try utf16(bytes[...], isBigEndian: true)
        case "windows-1252", "cp1252", "iso-8859-1", "latin1":
            let census = UTF8Census(bytes[...])
            if census.isBrokenUTF8, let stray = census.firstStray {
                throw broken(UTF8Census.fault(at: stray, in: bytes))
            }
            return census.characters > 0 && census.strays == 0 ? try utf8(bytes, charset: nil) : try windows1252(bytes)
        case "utf-8", "utf8", "us-ascii", "":
            // In UTF-16 every other byte of a Latin text is 0. No text that could be meant here holds a 0.
            guard !bytes.prefix(1000).contains(0) else { throw HubError(.invalidField, noText) }
            return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        default: throw HubError(.invalidField, unknown)
        }
    }

    /// The refusal of a line that is not UTF-8.
    static func notUTF8(_ fault: UTF8Census.Fault) -> HubError {
        let place = fault.place
        return HubError(
            .invalidField,
            Localized(
                en: "\(place[.english]) is not UTF-8: save the file as UTF-8.",
                fr: "\(place[.french]) : ce n’est pas de l’UTF-8 ; enregistrez le fichier en UTF-8."
            )
        )
    }

    private static func broken(_ fault: UTF8Census.Fault) -> HubError {
        let place = fault.place
        return HubError(
            .invalidField,
            Localized(
                en:
                    "\(place[.english]) is not UTF-8, and the rest of the file is: mend that line, or save the file as UTF-8.",
                fr:
                    "\(place[.french]) n’est pas de l’UTF-8, et le reste du fichier en est : corrigez cette ligne ou "
                    + "enregistrez le fichier en UTF-8."
            )
        )
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) throws(HubError) -> [UInt8] {
        guard bytes.count.isMultiple(of: 2) else { throw HubError(.invalidField, noText) }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        guard let text = String(validating: units, as: UTF16.self), !text.utf8.contains(0) else {
            throw HubError(.invalidField, noText)
        }
        return Array(text.utf8)
    }

    private static func windows1252(_ bytes: [UInt8]) throws(HubError) -> [UInt8] {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let value = (0x80...0x9F).contains(byte) ? upper[Int(byte) - 0x80] : UInt32(byte)
            guard value != 0, let scalar = Unicode.Scalar(value) else { throw HubError(.invalidField, noText) }
            text.append(scalar)
        }
        return Array(String(text).utf8)
    }

    /// The characters of Windows-1252 where ISO 8859-1 has control characters; 0 where there is none.
    private static let upper: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0,
        0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    private static let workbook = Localized(
        en: "This is a workbook of a spreadsheet, not a text: save it as CSV UTF-8 and import that file.",
        fr: "C’est un classeur de tableur, pas un texte : enregistrez-le en CSV UTF-8 et importez ce fichier."
    )
    private static let packed = Localized(
        en: "This file is compressed: unpack it first.", fr: "Ce fichier est compressé : décompressez-le d’abord."
    )
    private static let noText = Localized(
        en: "This file is not UTF-8 text: save it as UTF-8 (a spreadsheet as CSV UTF-8).",
        fr: "Ce fichier n’est pas un texte en UTF-8 : enregistrez-le en UTF-8 (un tableau en CSV UTF-8)."
    )
    private static let unknown = Localized(
        en: "This character set is not known here: send utf-8, utf-16 or windows-1252.",
        fr: "Ce jeu de caractères est inconnu ici : envoyez utf-8, utf-16 ou windows-1252."
    )
}
