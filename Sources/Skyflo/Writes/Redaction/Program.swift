/// A program that takes passwords by short options, whose names say nothing.
struct Program: Equatable {
    enum Kind {
        case curl, mysql, redis, password, container, login, etcd, smb, archive, openssl, oracle, accessList, htpasswd,
            other
    }

    let kind: Kind
    /// Options whose next word is the password.
    let options: Set<String>

    /// - Parameter program: whose arguments the word is one of.
    init?(_ word: ArraySlice<UInt8>, after program: Program? = nil) {
        guard word.count >= 2, word.count <= 14 else { return nil }
        self.init(String(decoding: word, as: UTF8.self), after: program)
    }

    /// - Parameter name: with its path or without.
    init?(_ name: String, after program: Program? = nil) {
        let name = name.split(separator: "/").last.map(String.init) ?? name
        if program?.kind == .container, name == "login" {
            self.init(.login, options: ["-p"])
            return
        }
        guard let (kind, options) = Self.known[name] else { return nil }
        self.init(kind, options: options)
    }

    private init(_ kind: Kind, options: Set<String>) {
        self.kind = kind
        self.options = options
    }

    private static let known: [String: (Kind, Set<String>)] = {
        var known: [String: (Kind, Set<String>)] = [
            "curl": (.curl, []), "etcdctl": (.etcd, []), "smbclient": (.smb, []), "openssl": (.openssl, ["-k"]),
            "sqlplus": (.oracle, []), "SETUSER": (.accessList, []), "setuser": (.accessList, []),
            "htpasswd": (.htpasswd, []), "sshpass": (.password, ["-p"]), "redis-cli": (.redis, ["-a", "--pass"]),
            "valkey-cli": (.redis, ["-a", "--pass"]), "sqlcmd": (.password, ["-P"]), "ipmitool": (.password, ["-P"]),
            "zip": (.password, ["-P"]), "unzip": (.password, ["-P"]), "7z": (.archive, []),
            "rabbitmqadmin": (.password, ["-p"]),
            "ldappasswd": (.password, ["-w", "-s", "-a"]), "wget": (.other, []), "psql": (.other, []),
        ]
        for name in [
            "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mysqlcheck", "mysqlimport", "xtrabackup",
        ] {
            known[name] = (.mysql, [])
        }
        for name in ["mongo", "mongosh", "mongodump", "mongorestore", "mongoimport", "mongoexport"] {
            known[name] = (.password, ["-p"])
        }
        for name in ["ldapsearch", "ldapmodify", "ldapadd", "ldapwhoami", "ldapdelete"] {
            known[name] = (.password, ["-w"])
        }
        for name in ["snmpget", "snmpwalk", "snmpset", "snmpbulkwalk", "snmpbulkget", "snmptrap"] {
            known[name] = (.password, ["-c", "-A", "-X"])
        }
        for name in ["docker", "podman", "helm", "skopeo", "buildah", "crane", "nerdctl", "oras", "az", "oc"] {
            known[name] = (.container, [])
        }
        return known
    }()

    static func == (a: Self, b: Self) -> Bool { a.kind == b.kind && a.options == b.options }

    /// Options whose next word is `user:password`.
    func takesUser(_ option: String) -> Bool {
        switch kind {
        case .curl: ["-u", "--user", "--proxy-user", "-U"].contains(option)
        case .etcd: option == "--user"
        case .smb: option == "-U"
        default: false
        }
    }

    /// What divides them.
    var separator: UInt8 { kind == .smb ? UInt8(ascii: "%") : UInt8(ascii: ":") }

    /// `-ppassword`: the option that has its value without a blank.
    var joined: String? {
        switch kind {
        case .mysql, .archive: "-p"
        case .password where options == ["-p"]: "-p"
        default: nil
        }
    }

    /// The words of a list that are passwords, or hold one.
    /// - Returns: by its position, where in the word the password begins.
    static func passwords(in words: [String?], of program: Program?) -> [Int: Int] {
        var found: [Int: Int] = [:]
        var program = program
        var expected: Program?
        var isUser = false
        for (at, word) in words.enumerated() {
            guard let word else {
                expected = nil
                continue
            }
            if let current = expected {
                let separator = isUser ? Array(word.utf8).firstIndex(of: current.separator) : nil
                if !isUser { found[at] = 0 } else if let separator { found[at] = separator + 1 }
                expected = nil
                continue
            }
            if let next = Program(word, after: program) { program = next }
            guard let program else { continue }
            isUser = program.takesUser(word)
            if isUser || program.options.contains(word) {
                expected = program
            } else if let joined = program.joined, word.hasPrefix(joined), word.utf8.count > 2 {
                found[at] = 2
            }
        }
        return found
    }
}
