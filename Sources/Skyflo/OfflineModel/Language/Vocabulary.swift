/// The words that the offline model knows.
enum Vocabulary {
    static let contractions: [String: String] = [
        "what's": "what is", "whats": "what is", "who's": "who is", "where's": "where is", "how's": "how is",
        "hows": "how is", "it's": "it is", "that's": "that is", "there's": "there is", "let's": "let us",
        "why's": "why is", "everything's": "everything is", "don't": "do not", "dont": "do not", "doesn't": "does not",
        "doesnt": "does not", "didn't": "did not", "can't": "can not", "cant": "can not", "cannot": "can not",
        "isn't": "is not", "isnt": "is not", "aren't": "are not", "wasn't": "was not", "won't": "will not",
        "wont": "will not", "shouldn't": "should not", "mustn't": "must not", "couldn't": "could not",
        "wouldn't": "would not", "haven't": "have not", "hasn't": "has not", "i'd": "i would", "i'm": "i am",
        "i've": "i have", "we'd": "we would", "we're": "we are", "you're": "you are", "they're": "they are",
        "pls": "please", "plz": "please", "rollback": "roll back", "roll-back": "roll back", "&": "and",
    ]

    /// Names of resources as people say them, to the singular that the tools take.
    static let kinds: [String: String] = {
        let table: [(String, [String])] = [
            ("deployment", ["deploy", "deploys"]), ("statefulset", ["sts"]), ("daemonset", ["ds"]),
            ("replicaset", ["rs"]), ("pod", ["po"]), ("service", ["svc", "svcs"]), ("ingress", ["ing", "ingresses"]),
            ("configmap", ["cm", "cms"]), ("secret", []), ("job", []), ("cronjob", ["cj"]), ("node", []),
            ("namespace", ["ns"]), ("persistentvolumeclaim", ["pvc", "pvcs"]), ("persistentvolume", ["pv", "pvs"]),
            ("event", ["ev"]), ("serviceaccount", ["sa"]), ("horizontalpodautoscaler", ["hpa", "hpas", "autoscaler"]),
            ("networkpolicy", ["netpol", "networkpolicies"]), ("storageclass", ["sc", "storageclasses"]), ("role", []),
            ("rolebinding", []), ("clusterrole", []), ("clusterrolebinding", []), ("endpoints", ["endpoint", "ep"]),
            ("customresourcedefinition", ["crd", "crds"]), ("poddisruptionbudget", ["pdb", "pdbs"]),
            ("resourcequota", ["quota", "quotas"]), ("limitrange", []), ("conversation", ["conv"]), ("skyfloai", []),
        ]
        var kinds: [String: String] = [:]
        for (kind, others) in table {
            for word in [kind, "\(kind)s"] + others { kinds[word] = kind }
        }
        return kinds
    }()

    /// Names of resources in two or three words.
    static let longKinds: [([String], String)] = [
        (["stateful", "set"], "statefulset"), (["daemon", "set"], "daemonset"), (["replica", "set"], "replicaset"),
        (["config", "map"], "configmap"), (["cron", "job"], "cronjob"), (["service", "account"], "serviceaccount"),
        (["persistent", "volume", "claim"], "persistentvolumeclaim"), (["volume", "claim"], "persistentvolumeclaim"),
        (["persistent", "volume"], "persistentvolume"), (["network", "policy"], "networkpolicy"),
        (["storage", "class"], "storageclass"), (["cluster", "role"], "clusterrole"),
        (["role", "binding"], "rolebinding"),
    ]

    /// What is measured: never a name by itself, though it can be one behind a kind or in quotation marks.
    static let usageWords: Set<String> = [
        "memory", "cpu", "cpus", "ram", "usage", "utilization", "utilisation", "consumption", "load", "traffic",
        "latency", "bandwidth", "throughput", "metrics", "top", "disk", "cores",
    ]
    /// What a container may use.
    static let resourceWords: Set<String> = [
        "memory", "cpu", "cpus", "ram", "limit", "limits", "requests", "storage", "disk", "resources",
    ]

    /// Kinds whose objects belong to no namespace.
    static let clusterScoped: Set<String> = [
        "node", "namespace", "persistentvolume", "storageclass", "clusterrole", "clusterrolebinding",
        "customresourcedefinition",
    ]

    static func plural(_ kind: String) -> String {
        if kind.hasSuffix("s") { return kind == "endpoints" ? kind : kind + "es" }
        return kind.hasSuffix("y") ? kind.dropLast() + "ies" : kind + "s"
    }

    static let numbers: [String: Int] = {
        let words = [
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        ]
        return Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
    }()

    static let replicaWords: Set<String> = [
        "replica", "replicas", "instance", "instances", "copy", "copies", "pods", "pod",
    ]
    static let pronouns: Set<String> = ["it", "its", "that", "this", "them", "they", "one", "itself", "same"]
    static let determiners: Set<String> = [
        "the", "a", "an", "my", "our", "your", "this", "that", "these", "those", "its", "their", "his", "all", "any",
        "some", "every", "each", "both", "current", "same", "whole", "entire",
    ]

    /// Words that are never a name, unless they stand in quotation marks or behind "named".
    static let words: Set<String> = Set(
        """
        a about above across actually add added after again against ago ahead alive all already alright also always \
        am an analyse analyze and another any anything anywhere app application applications apply apps are around \
        as asap at available away back bad be became because been before begin behave behaving behind being below \
        best better between both bounce bring broken bump but by called can cause caused change changed check \
        checking clean cluster come command commands complete completed completely configuration container \
        containers copies copy could count crash crashed crashes crashing crashloop crashloopbackoff create current \
        currently cycle days dead debug decrease degraded delete deleted deletes deleting deploy deployed describe \
        describing desired destroy detail detailed details diagnose diagnosis did different display do does doing \
        done double down downgrade downscale drop during each either else empty enough entire erase error erroring \
        errors etc every everyone everything everywhere evict exactly except exist existing exists expected explain \
        exploded fail failed failing fails failure failures fetch few fewer file find fine finish finished first fix \
        for found from full get getting give go goes going gone good got grow half halve handle hanging happen \
        happened happening happens has have having he health healthy hello help her here hey hi him his history hour \
        hours how i if image imagepullbackoff images immediately in increase info information initiate inside \
        inspect install instance instances instead into investigate is issue issues it its itself json just keep \
        keeps kept kick kill killed know kubectl label labeled labelled labels last lately latest less let like \
        likewise line lines list listing live load log logging logs long look looking looks lot lower make manifest \
        many may maybe me mean means might mind minute minutes more most move much must my name named names \
        namespace namespaces need needed needs never new newest next nice no nodes none normal not nothing now ns \
        nuke number occurring of off offline ok okay old on once one online only onto oom oomkilled or other others \
        our out output over overview own part patch pending per perfect perform please plus point possible present \
        previous previously print problem problems progress progressing properly purge put quadruple quick quickly \
        raise rather ready real really reason reboot recent recently recycle redeploy reduce release remove removed \
        removing replica replicas report resize resource resources restart restarted restarting restarts result \
        revert revision rid right roles roll rolled rolling rollout rollouts rolls run running runs safe same say \
        scale scaled scales scaling second seconds see seem seems set she ship should show showing shrink since \
        single size slow so some someone something soon spec start started starting state status stays stdout still \
        stop stopped stuck successfully such summary sure switch tag tail take tear tell terminate than thank thanks \
        that the their them then there these they thing things this those through time times to today together \
        tomorrow too total trigger triple trouble troubleshoot try turn twice unavailable undo unhealthy unless \
        until up update updated updating upgrade upgraded upgrading upscale us use used uses using value verify \
        version versions very via view wait want was watch way we well were what when where whether which while who \
        whole whose why wide will wipe with within without work working workload workloads works would wrong yaml \
        yes yesterday yet you your zero bit high higher highest low lowest little lot stuff large larger largest big \
        bigger biggest small smaller smallest fast faster slowly older newer oldest sort sorted order ordered ranking \
        warning warnings consume consumes consuming eat eats eating take takes taking latest recently bottom biggest \
        type kind day night \
        age heavy heaviest lots plenty somewhat slightly anyone tonight midnight noon daily hourly weekly
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    ).union(numbers.keys)

    /// Whether a text can be the name of an object (RFC 1123 subdomain).
    static func isName(_ text: String) -> Bool {
        guard text.utf8.count <= 253, let first = text.utf8.first, let last = text.utf8.last else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// Whether a text can be the name of a namespace (RFC 1123 label).
    static func isLabel(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 63 && !text.contains(".") && isName(String(text))
    }

    static func number(_ word: String) -> Int? { Int(word) ?? numbers[word] }
}
