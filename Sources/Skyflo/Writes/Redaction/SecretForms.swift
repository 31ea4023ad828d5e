/// Words that are credentials by their form alone.
enum SecretForms {
    /// - Parameter word: letters, digits and `-._`.
    static func matches(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count >= 16 else { return false }
        return isJWT(word) || isAWSKey(word)
            || prefixes.contains { word.count >= $0.minimum && word.starts(with: $0.text) }
    }

    /// Three parts in base64url, the first of which is a JSON object.
    private static func isJWT(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.starts(with: "eyJ".utf8) else { return false }
        let parts = word.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].count >= 8 && parts[1].count >= 2
    }

    private static func isAWSKey(_ word: ArraySlice<UInt8>) -> Bool {
        word.count == 20 && (word.starts(with: "AKIA".utf8) || word.starts(with: "ASIA".utf8))
            && word.allSatisfy { ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39) }
    }

    /// What vendors put in front of their tokens so that scanners find them.
    private static let prefixes: [(text: [UInt8], minimum: Int)] = [
        ("ghp_", 20), ("gho_", 20), ("ghs_", 20), ("ghu_", 20), ("ghr_", 20), ("github_pat_", 30), ("glpat-", 20),
        ("gldt-", 20), ("glrt-", 20), ("glcbt-", 20), ("glptt-", 20), ("glsoat-", 20), ("glagent-", 20),
        ("GR1348941", 20),
        ("xoxb-", 20), ("xoxp-", 20), ("xoxa-", 20), ("xoxr-", 20), ("xoxs-", 20), ("xoxe.", 20), ("xapp-", 20),
        ("sk-", 24),
        ("sk_live_", 20), ("rk_live_", 20), ("sk_test_", 20), ("rk_test_", 20), ("whsec_", 24), ("AIza", 35),
        ("ya29.", 24),
        ("GOCSPX-", 24), ("npm_", 30), ("pypi-", 30), ("hf_", 30), ("hvs.", 20), ("hvb.", 20), ("hvr.", 20),
        ("dckr_pat_", 20),
        ("dckr_oat_", 20), ("SG.", 40), ("dop_v1_", 30), ("doo_v1_", 30), ("lin_api_", 30), ("ntn_", 30), ("dapi", 36),
        ("glsa_", 30), ("glc_", 30), ("NRAK-", 24), ("shpat_", 30), ("shpss_", 30), ("sq0atp-", 24),
        ("pscale_tkn_", 24),
        ("sbp_", 30), ("sqp_", 30), ("squ_", 30), ("sqa_", 30), ("nvapi-", 30), ("pul-", 40), ("lsv2_", 30),
        ("PMAK-", 30), ("sntrys_", 30), ("ATATT3", 30), ("ATCTT3", 30), ("gsk_", 30), ("r8_", 30),
        ("xai-", 30),
        ("pplx-", 30), ("tskey-", 24), ("AGE-SECRET-KEY-1", 30), ("dp.pt.", 24), ("bkua_", 30), ("pat-na1-", 30),
    ].map { (Array($0.0.utf8), $0.1) }
}
