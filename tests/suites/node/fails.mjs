throw new Error("why this file failed");
