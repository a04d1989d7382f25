#[cfg(test)]
mod checks {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_server() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let client = std::thread::spawn(move || {
            let mut text = String::new();
            TcpStream::connect(address).unwrap().read_to_string(&mut text).unwrap();
            text
        });
        listener.accept().unwrap().0.write_all(b"word").unwrap();
        assert_eq!(client.join().unwrap(), "word");
    }

    #[test]
    fn a_temporary_file() {
        let file = std::env::temp_dir().join("suite-of-cargo");
        std::fs::write(&file, "word").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "word");
    }
}
