import Foundation
import StrictJSON
import Testing

/// PyJWT, the library of another language that ours must agree with. `AMPHI_TEST_PYTHON` names the Python that has it.
enum PyJWT {
    /// Runs each job in one Python process. A job is `{"do": "sign" | "verify" | "jwk" | "set", ...}`; its answer is
    /// `{"ok": value}` or `{"refused": name of the exception}`.
    static func run(_ jobs: [JSON]) throws -> [JSON] {
        let python = ProcessInfo.processInfo.environment["AMPHI_TEST_PYTHON"] ?? "python3"
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // The jobs go in as an argument: writing them to a Python that has already given up would raise SIGPIPE here.
        process.arguments = [python, "-c", script, JSON.array(jobs).text]
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaint = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        try #require(
            process.terminationStatus == 0,
            "PyJWT did not answer. Run Tests/run, which installs it (AMPHI_TEST_PYTHON names the Python): \(complaint)")
        let answers = try JSON.parse(Array(answer), limits: JSONLimits(maxBytes: 1 << 22)).arrayValue ?? []
        try #require(answers.count == jobs.count)
        return answers
    }

    private static let script = #"""
        import base64, json, sys
        import jwt
        from jwt.algorithms import RSAAlgorithm

        def key(job):
            if "secret" not in job:
                return job["pem"]
            text = job["secret"]
            return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

        def sign(job):
            return jwt.encode(job["claims"], key(job), algorithm=job["alg"], headers=job.get("headers"))

        def verify(job):
            options = {"verify_aud": "audience" in job, "verify_sub": False}
            return jwt.decode(job["token"], key(job), algorithms=[job["alg"]], audience=job.get("audience"), options=options)

        def jwk(job):
            return json.loads(RSAAlgorithm.to_jwk(RSAAlgorithm(RSAAlgorithm.SHA256).prepare_key(job["pem"])))

        def set(job):
            found = jwt.PyJWKSet.from_dict(job["set"])[job["kid"]]
            return jwt.decode(job["token"], found.key, algorithms=["RS256"])

        def run(job):
            try:
                return {"ok": {"sign": sign, "verify": verify, "jwk": jwk, "set": set}[job["do"]](job)}
            except jwt.PyJWTError as error:
                return {"refused": type(error).__name__}

        json.dump([run(job) for job in json.loads(sys.argv[1])], sys.stdout)
        """#
}
